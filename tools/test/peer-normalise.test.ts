import { expect, test } from "vitest";
import { normaliseBuildOutput } from "../peer-normalise.js";

const id = "dc58a9c2761cbcf50b1bda3b864c657375aa79dbb06a88da92a2871547b31b90";

test("a run of Packer 1.6.6 and the same run in newer form become equal", () => {
  // What Debian's packer 1.6.6 printed, shortened.
  const older = [
    "==> docker.b: Creating a temporary directory for sharing data...",
    "==> docker.b: Starting docker container...",
    "    docker.b: Run command: docker run -v /tmp/x:/packer-files -d -i -t --entrypoint=/bin/sh -- busybox:test",
    "==> docker.a: Using docker communicator to connect: 172.17.0.3",
    `    docker.b: Container ID: ${id}`,
    "==> docker.b: Provisioning with shell script: /tmp/packer-shell2168452201",
    "Build 'docker.a' finished after 1 second 811 milliseconds.",
    "Build 'docker.b' finished after 853 milliseconds 11 microseconds.",
    "",
    "==> Wait completed after 1 second 907 milliseconds",
    "",
    "==> Builds finished. The artifacts of successful builds are:",
    `--> docker.b: Imported Docker image: sha256:${id}`,
    `--> docker.a: Imported Docker image: sha256:${id}`,
    "",
  ].join("\n");
  const newer = [
    "\u001B[1;32m==> docker.a: Using docker communicator to connect: 172.17.0.9\u001B[0m",
    "==> docker.b: Starting docker container...",
    `==> docker.b: Container ID: ${"0".repeat(64)}`,
    "==> docker.b: Provisioning with shell script: /tmp/hclbuild-12/provisioner.0/packer-shell1",
    "Build 'docker.b' finished after 2 seconds 1 millisecond.",
    "Build 'docker.a' finished after 3 minutes 1 second.",
    "",
    "==> Wait completed after 3 minutes 1 second",
    "",
    "==> Builds finished. The artifacts of successful builds are:",
    `--> docker.a: Imported Docker image: sha256:${"1".repeat(64)}`,
    `--> docker.b: Imported Docker image: sha256:${"2".repeat(64)}`,
    "",
  ].join("\n");
  const expected = [
    "==> docker.a: Using docker communicator to connect: <address>",
    "Build 'docker.a' finished after <duration>.",
    "==> docker.b: Starting docker container...",
    "==> docker.b: Container ID: <id>",
    "==> docker.b: Provisioning with shell script: <script>",
    "Build 'docker.b' finished after <duration>.",
    "==> Wait completed after <duration>",
    "==> Builds finished. The artifacts of successful builds are:",
    "--> docker.a: Imported Docker image: <image>",
    "--> docker.b: Imported Docker image: <image>",
    "",
  ].join("\n");
  expect(normaliseBuildOutput(older)).toBe(expected);
  expect(normaliseBuildOutput(newer)).toBe(expected);
});
