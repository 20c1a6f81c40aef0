import { describe, expect, it } from "vitest";
import { chooseBuilder, readNeeds } from "../../src/docker/base-image-builder.js";
import { startFakeEngine } from "../fake-engine.js";

// What needs BuildKit is what the Dockerfile reference marks so.
describe("what of a Dockerfile needs BuildKit", () => {
  it.each([
    ["FROM a\nRUN echo --mount\nCOPY a b\n", undefined],
    ["FROM a\nRUN --mount=type=cache,target=/c true\n", "--mount"],
    ["FROM a\nRUN \\\n  # why\n  --mount=type=cache,target=/c true\n", "--mount"],
    ["FROM a\nRUN echo a \\\r\n --mount\r\n", undefined],
    ["FROM a\nRUN --network=none --mount=type=tmpfs,target=/c true\n", "--mount"],
    ["FROM a\nCOPY --chown=1 --chmod=700 a b\n", "--chmod"],
    ["FROM a\nADD --checksum=sha256:1 http://x y\n", "--checksum"],
    ["FROM a\nRUN <<EOF\ntrue\nEOF\n", "<<EOF"],
    ["FROM a\nCOPY <<-'EOF' /a\n\ttrue\nEOF\n", "<<-'EOF"],
    ["FROM a\nRUN 3<<EOF cat <&3\ntrue\nEOF\n", "<<EOF"],
    ["FROM a\nRUN echo \"<<a\" '<<b' && cat <<EOF\ntrue\nEOF\n", "<<EOF"],
    ['FROM a\nRUN printf "%s\\n" "1 <<b"\n', undefined],
    ["FROM a\nRUN echo 'it is <<b'\n", undefined],
    ['FROM a\nRUN echo "\\" <<b"\n', undefined],
    ["FROM a\nRUN echo $((1 <<b)) $(( (1) <<b ))\n", undefined],
    ["FROM a\nRUN cat <<<word && let x=1<<b\n", undefined],
    ['FROM a\nRUN ["echo", "<<b"]\n', undefined],
    ["# escape=`\n# syntax = docker/dockerfile:1\nFROM a\n", "# syntax"],
    ["FROM a\n# syntax=docker/dockerfile:1\n", undefined],
  ])("%j: %s", (text, feature) => {
    expect(readNeeds(text).feature).toBe(feature);
  });
});

describe("what builds a Dockerfile", () => {
  const docker = { "Api-Version": "1.41", Ostype: "linux" };
  const podman = { ...docker, "Libpod-Api-Version": "4.3.1" };
  const plain = "FROM a\n";
  const mounting = "FROM a\nRUN --mount=type=cache,target=/c true\n";

  it.each([
    { name: "an engine that prefers nothing", headers: docker, text: plain, builder: "classic" },
    {
      name: "one that prefers BuildKit",
      headers: { ...docker, "Builder-Version": "2" },
      text: plain,
      builder: "buildkit",
    },
    {
      name: "one without BuildKit",
      headers: { ...docker, "Api-Version": "1.38" },
      asked: "1",
      text: plain,
      builder: "classic",
    },
    { name: "a Dockerfile that needs BuildKit", headers: docker, text: mounting, builder: "buildkit" },
    // Podman's documentation of its API: it answers as Docker does, and with a version of its own beside.
    { name: "Podman", headers: podman, text: plain, builder: "classic" },
    { name: "Podman, a Dockerfile that would need BuildKit", headers: podman, text: mounting, builder: "classic" },
    { name: "Podman, and a wish for BuildKit", headers: podman, asked: "1", text: plain, builder: "classic" },
  ])("$name: $builder", async ({ headers, asked, text, builder }) => {
    const env = asked === undefined ? {} : { DOCKER_BUILDKIT: asked };
    const engine = await startFakeEngine((_request, response) => response.writeHead(200, headers).end("OK"), env);
    const dockerfile = { needs: readNeeds(text), path: "Dockerfile" };
    expect(await chooseBuilder(engine, dockerfile, new AbortController().signal)).toBe(builder);
  });
});
