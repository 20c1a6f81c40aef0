import { describe, expect, it } from "vitest";
import {
  getLanguageService,
  TextDocument,
  type CompletionItem,
  type Diagnostic,
  type LanguageService,
} from "vscode-json-languageservice";
import { createSchemaFiles } from "@hclbuild/schema";
import { registry } from "./registry.js";

/** A document with `┆` where the cursor is. */
interface Edited {
  readonly service: LanguageService;
  readonly document: TextDocument;
  readonly offset: number;
}

function edit(text: string): Edited {
  const offset = text.indexOf("┆");
  const service = getLanguageService({});
  service.configure({
    validate: true,
    schemas: [
      {
        uri: "template",
        fileMatch: ["*.pkr.json"],
        schema: createSchemaFiles(registry).get("template.schema.json") ?? {},
      },
    ],
  });
  const document = TextDocument.create("file:///main.pkr.json", "json", 1, text.replace("┆", ""));
  return { service, document, offset };
}

async function complete(text: string): Promise<readonly CompletionItem[]> {
  const { service, document, offset } = edit(text);
  const list = await service.doComplete(document, document.positionAt(offset), service.parseJSONDocument(document));
  return list?.items ?? [];
}

async function hover(text: string): Promise<string> {
  const { service, document, offset } = edit(text);
  const found = await service.doHover(document, document.positionAt(offset), service.parseJSONDocument(document));
  return JSON.stringify(found?.contents ?? "");
}

async function validate(text: string): Promise<readonly Diagnostic[]> {
  const { service, document } = edit(text);
  return service.doValidation(document, service.parseJSONDocument(document));
}

describe("an editor with the emitted schemas", () => {
  it("completes block types, components, options and choices", async () => {
    const labels = async (text: string): Promise<readonly string[]> => (await complete(text)).map((item) => item.label);
    expect(await labels("{ ┆ }")).toEqual(expect.arrayContaining(["source", "build", "variable", "locals", "packer"]));
    expect(await labels('{ "source": { ┆ } }')).toEqual(expect.arrayContaining(["docker", "null", "file"]));
    expect(await labels('{ "source": { "docker": { "base": { ┆ } } } }')).toEqual(
      expect.arrayContaining(["image", "commit", "changes"]),
    );
    expect(await labels('{ "source": { "null": { "base": { "communicator": ┆ } } } }')).toEqual(
      expect.arrayContaining(['"ssh"', '"winrm"', '"none"']),
    );
    expect(await labels('{ "build": { "provisioner": { "shell": { ┆ } } } }')).toEqual(
      expect.arrayContaining(["inline", "script", "pause_before", "only"]),
    );
    expect(await labels('{ "build": { "post-processor": { "checksum": { "checksum_types": [┆] } } } }')).toEqual(
      expect.arrayContaining(['"md5"', '"sha256"']),
    );
  });

  it("explains options", async () => {
    expect(await hover('{ "source": { "docker": { "base": { "im┆age": "x" } } } }')).toContain(
      "The image to start from",
    );
    expect(await hover('{ "build": { "provisioner": [{ "shell": { "inl┆ine": [] } }] } }')).toContain(
      "Commands that are joined",
    );
  });

  it("marks mistakes and nothing else", async () => {
    expect(
      await validate(
        '{ "source": { "null": { "base": { "communicator": "none" } } }, "build": { "sources": ["null.base"] } }',
      ),
    ).toEqual([]);
    expect(
      await validate('{ "source": { "null": { "base": { "communicator": "${var.x}", "ssh_port": "${1 + 1}" } } } }'),
    ).toEqual([]);
    expect(await validate('{ "sourc": {} }')).toHaveLength(1);
    expect((await validate('{ "source": { "null": { "base": { "comunicator": "none" } } } }')).length).toBeGreaterThan(
      0,
    );
    expect(
      (await validate('{ "source": { "null": { "base": { "communicator": "telnet" } } } }')).length,
    ).toBeGreaterThan(0);
  });
});
