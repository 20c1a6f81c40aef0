import { describe, expect, it } from "vitest";
import {
  parseByteSize,
  parseSwitch,
  readCpus,
  readDevice,
  readPublished,
  readUlimit,
  type ReadValue,
} from "../../src/engine/run-values.js";

function value<T>(read: ReadValue<T>): T | undefined {
  return "value" in read ? read.value : undefined;
}

// Expected values are those of the docker program.
describe("values of flags", () => {
  it.each([
    ["512", 512],
    ["64k", 65_536],
    ["1.5g", 1_610_612_736],
    [".5g", 536_870_912],
    ["1e8", 100_000_000],
    ["64 m", 67_108_864],
    ["10MB", 10_485_760],
    ["2GiB", 2_147_483_648],
    ["5b", 5],
    ["64ib", undefined],
    ["5bb", undefined],
    ["-1", undefined],
    ["x", undefined],
    ["", undefined],
  ])("the size %j is %s", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each([
    ["1", true],
    ["T", true],
    ["True", true],
    ["0", false],
    ["FALSE", false],
    ["yes", undefined],
    ["", undefined],
  ])("the switch %j is %s", (text, expected) => {
    expect(parseSwitch(text)).toBe(expected);
  });

  it.each([
    ["1.5", 1_500_000_000],
    [".25", 250_000_000],
    ["2.", 2_000_000_000],
    ["1/2", 500_000_000],
    ["1e-1", 100_000_000],
    ["0.0000000001", undefined],
    ["1/3", undefined],
    ["1/0", undefined],
    ["1e999", undefined],
    [".", undefined],
  ])("%j CPUs are %s billionths", (text, nanos) => {
    expect(value(readCpus(text))).toBe(nanos);
  });

  it.each([
    ["nofile=10:20", { name: "nofile", soft: 10, hard: 20 }],
    ["core=0", { name: "core", soft: 0, hard: 0 }],
    ["stack=5:-1", { name: "stack", soft: 5, hard: -1 }],
    ["nofile=20:10", undefined],
    ["nofile=unlimited", undefined],
    ["bad=1", undefined],
    ["nofile", undefined],
  ])("the limit %j is %j", (text, expected) => {
    expect(value(readUlimit(text))).toEqual(expected);
  });

  it.each([
    ["/dev/a", ["/dev/a", "/dev/a", "rwm"]],
    ["/dev/a:/dev/b", ["/dev/a", "/dev/b", "rwm"]],
    ["/dev/a:m", ["/dev/a", "/dev/a", "m"]],
    ["/dev/a:/dev/b:mr", ["/dev/a", "/dev/b", "mr"]],
    ["/dev/a:/dev/b:q", undefined],
    ["/dev/a:/dev/b:rr", undefined],
    ["/dev/a:/dev/b:r:w", undefined],
    ["", undefined],
  ])("the device %j is %j", (text, expected) => {
    const read = value(readDevice(text));
    const parts = read && [read.PathOnHost, read.PathInContainer, read.CgroupPermissions];
    expect(parts).toEqual(expected);
  });

  it.each([
    ["80", ["80/tcp at :"]],
    ["8080:80/UDP", ["80/udp at :8080"]],
    ["127.0.0.1::80", ["80/tcp at 127.0.0.1:"]],
    ["[::1]:0:80", ["80/tcp at ::1:0"]],
    ["80-82", ["80/tcp at :", "81/tcp at :", "82/tcp at :"]],
    ["8000-8001:80-81", ["80/tcp at :8000", "81/tcp at :8001"]],
    ["9000-9010:80", ["80/tcp at :9000-9010"]],
    ["8000-8001:80-82", undefined],
    ["81-80", undefined],
    ["99999", undefined],
    ["1:2:3:4", undefined],
    ["80/icmp", undefined],
    ["a:b", undefined],
    ["", undefined],
  ])("the port %j is %j", (text, expected) => {
    const ports = value(readPublished(text));
    expect(ports?.map(({ container, hostIp, hostPort }) => `${container} at ${hostIp}:${hostPort}`)).toEqual(expected);
  });
});
