import { describe, expect, it } from "vitest";
import {
  bytesFields,
  numberField,
  readFields,
  textField,
  writeMessage,
} from "../../../src/engine/buildkit/protobuf.js";

// The examples of the Protocol Buffers documentation, "Encoding".
describe("protobuf", () => {
  it("reads and writes a number", () => {
    expect(writeMessage({ 1: 150 }).toString("hex")).toBe("089601");
    expect(numberField(readFields(Buffer.from("089601", "hex")), 1)).toBe(150);
  });

  it("reads and writes text and messages", () => {
    expect(writeMessage({ 2: "testing" }).toString("hex")).toBe("120774657374696e67");
    expect(textField(readFields(Buffer.from("120774657374696e67", "hex")), 2)).toBe("testing");
    expect(writeMessage({ 3: writeMessage({ 1: 150 }) }).toString("hex")).toBe("1a03089601");
    expect(bytesFields(readFields(Buffer.from("1a03089601", "hex")), 3)).toEqual([Buffer.from("089601", "hex")]);
  });

  it("leaves out what is zero or empty, and writes 64 bits of a negative number", () => {
    expect(writeMessage({ 1: 0, 2: "", 3: Buffer.alloc(0) })).toHaveLength(0);
    expect(writeMessage({ 1: -2n }).toString("hex")).toBe("08feffffffffffffffff01");
  });

  it("skips fields of a fixed width and ends at what makes no sense", () => {
    expect(numberField(readFields(Buffer.from("0d01020304" + "110102030405060708" + "189601", "hex")), 3)).toBe(150);
    expect(readFields(Buffer.from("0b0896", "hex"))).toEqual([]);
    expect(readFields(Buffer.from("1a", "hex"))).toHaveLength(1);
  });
});
