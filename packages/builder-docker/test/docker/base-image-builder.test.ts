import { describe, expect, it } from "vitest";
import { readNeeds } from "../../src/docker/base-image-builder.js";

// What needs BuildKit is what the Dockerfile reference marks so.
describe("what of a Dockerfile needs BuildKit", () => {
  it.each([
    ["FROM a\nRUN echo --mount\nCOPY a b\n", undefined],
    ["FROM a\nRUN --mount=type=cache,target=/c true\n", "--mount"],
    ["FROM a\nRUN --network=none --mount=type=tmpfs,target=/c true\n", "--mount"],
    ["FROM a\nCOPY --chown=1 --chmod=700 a b\n", "--chmod"],
    ["FROM a\nADD --checksum=sha256:1 http://x y\n", "--checksum"],
    ["FROM a\nRUN <<EOF\ntrue\nEOF\n", "<<EOF"],
    ["FROM a\nCOPY <<-'EOF' /a\n\ttrue\nEOF\n", "<<-'EOF"],
    ["# escape=`\n# syntax = docker/dockerfile:1\nFROM a\n", "# syntax"],
    ["FROM a\n# syntax=docker/dockerfile:1\n", undefined],
  ])("%j: %s", (text, feature) => {
    expect(readNeeds(text).feature).toBe(feature);
  });
});
