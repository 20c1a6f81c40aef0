import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectJsonSchema, inspectModel, renderInspectText } from "@hclbuild/compiler";
import type { JsonValue } from "@hclbuild/schema";
import { checkJsonSchema, createValidator } from "@hclbuild/schema/ajv";
import { compileFixture, listFixtures } from "@hclbuild/testkit";
import { registry } from "../registry.js";

const root = resolve(import.meta.dirname, "../../../../fixtures/compile");

describe("inspect", () => {
  it("gives a document that fits its published schema, for every fixture", { timeout: 60_000 }, async () => {
    expect(checkJsonSchema(inspectJsonSchema)).toEqual([]);
    const validate = createValidator(inspectJsonSchema);
    for (const name of listFixtures(root)) {
      const { result } = await compileFixture(join(root, name), registry);
      expect(validate(JSON.parse(JSON.stringify(inspectModel(result))) as JsonValue), name).toEqual([]);
    }
  });

  it("describes a template as data", async () => {
    const { result } = await compileFixture(join(root, "build-sources-several"), registry);
    expect(inspectModel(result)).toEqual({
      format: "hclbuild.inspect/1",
      requiredPlugins: [{ name: "docker", source: "github.com/hashicorp/docker", version: ">= 1.0.0" }],
      variables: [
        {
          name: "image",
          type: "string",
          description: "Image to start from.",
          sensitive: false,
          required: false,
          default: { kind: "known", value: "alpine:3" },
          value: { kind: "known", value: "alpine:3" },
          origin: "default",
        },
      ],
      locals: [{ name: "greeting", value: { kind: "known", value: "hello from alpine:3" } }],
      dataSources: [],
      sources: [
        { type: "null", name: "local" },
        { type: "docker", name: "image" },
      ],
      builds: [
        {
          name: "web",
          description: "Two machines in one build.",
          sources: ["null.local", "docker.image"],
          provisioners: [{ type: "shell-local" }, { type: "shell", name: "prepare", only: ["docker.image"] }],
          errorCleanup: { type: "shell-local" },
          postProcessors: [
            [{ type: "manifest" }, { type: "checksum" }],
            [{ type: "shell-local", name: "announce", except: ["null.local"] }],
          ],
        },
      ],
    });
  });

  it("prints descriptions and names as Packer does", async () => {
    const { result } = await compileFixture(join(root, "build-sources-several"), registry);
    // The frame of this text was compared with Packer 1.6.6 on a template of the same shape.
    expect(renderInspectText(result)).toBe(`Packer Inspect: HCL2 mode

> input-variables:

var.image: "alpine:3"

> local-variables:

local.greeting: "hello from alpine:3"

> builds:

  > web:

  > Description: Two machines in one build.

    sources:

      null.local

      docker.image

    provisioners:

      shell-local
      shell.prepare

    post-processors:

      0:
        manifest
        checksum

      1:
        shell-local.announce
`);
  });
});
