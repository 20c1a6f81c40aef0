import { describe, expect, it } from "vitest";
import { parseImageName, withDefaultTag } from "../../src/engine/image-name.js";
import { registryKey } from "../../src/engine/registry-auth.js";

describe("parseImageName", () => {
  it.each([
    ["busybox", { registry: "docker.io", repository: "busybox" }],
    ["busybox:1.36", { registry: "docker.io", repository: "busybox", tag: "1.36" }],
    ["library/busybox", { registry: "docker.io", repository: "library/busybox" }],
    ["127.0.0.1:5000/a/b", { registry: "127.0.0.1:5000", repository: "127.0.0.1:5000/a/b" }],
    ["localhost/x:t", { registry: "localhost", repository: "localhost/x", tag: "t" }],
    ["ghcr.io/o/i@sha256:ab", { registry: "ghcr.io", repository: "ghcr.io/o/i", digest: "sha256:ab" }],
    ["r.io:443/i:v@sha256:ab", { registry: "r.io:443", repository: "r.io:443/i", tag: "v", digest: "sha256:ab" }],
  ])("%s", (reference, expected) => {
    expect(parseImageName(reference)).toEqual(expected);
  });

  it("adds the default tag only where there is neither tag nor digest", () => {
    expect(["a", "a:b", "a@sha256:c", "h:5000/a"].map(withDefaultTag)).toEqual([
      "a:latest",
      "a:b",
      "a@sha256:c",
      "h:5000/a:latest",
    ]);
  });

  it("knows the docker client's key for a registry", () => {
    expect(registryKey("busybox")).toBe("https://index.docker.io/v1/");
    expect(registryKey("127.0.0.1:5000/x")).toBe("127.0.0.1:5000");
  });
});
