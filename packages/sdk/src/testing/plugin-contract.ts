import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { freezeComponent, type ComponentKind } from "@hclbuild/schema";
import { manifestFileName, readManifest, renderManifest, type FrozenPlugin } from "../manifest.js";
import type { Plugin } from "../plugin.js";

/** A plugin's package under test. */
export interface PluginSubject {
  /** Absolute path of the package's folder: where `package.json` and `manifest.json` are. */
  readonly folder: string;
}

/** One promise that every plugin keeps. */
export interface PluginCase {
  readonly name: string;
  /** Rejects with an `AssertionError` when the plugin does not keep the promise. */
  run(subject: PluginSubject): Promise<void>;
}

/** The methods that a component's implementation must have, by its kind. */
const methods: Readonly<Record<ComponentKind, readonly string[]>> = {
  builder: [],
  provisioner: ["provision"],
  "post-processor": ["process"],
  "data-source": ["read"],
  communicator: ["connect"],
};

/**
 * What every plugin that is published as an npm package must do, whatever its components are for. The package must be
 * compiled. With any test runner:
 * `for (const contract of pluginContract) it(contract.name, () => contract.run({ folder }))`.
 */
export const pluginContract: readonly PluginCase[] = [
  {
    name: "is an npm package whose name belongs to its source",
    async run({ folder }) {
      const { name, version, type } = await readPackage(folder);
      const { source } = await manifestOf(folder);
      match(String(name), /^@[a-z0-9][\w.-]*\/[a-z0-9][\w.-]*$/, "the package's name must have the form @SCOPE/NAME");
      equal(source, `npm/${String(name).slice(1)}`);
      match(String(version), /^\d+\.\d+\.\d+$/, "a prerelease cannot be required by a template");
      equal(type, "module");
    },
  },
  {
    name: "has a manifest that says what its code says",
    async run({ folder }) {
      const manifest = await manifestOf(folder);
      const plugin = await pluginOf(folder);
      const text = await readFile(path.join(folder, manifestFileName), "utf8");
      equal(text, renderManifest(plugin, manifest.entry), "manifest.json is out of date: make it again");
      equal(manifest.version, (await readPackage(folder))["version"]);
    },
  },
  {
    name: "publishes its manifest and its module",
    async run({ folder }) {
      const { files } = await readPackage(folder);
      const { entry } = await manifestOf(folder);
      ok((await stat(path.join(folder, entry))).isFile());
      if (!Array.isArray(files)) return;
      for (const file of [manifestFileName, entry.slice(2)]) {
        ok(
          files.some(
            (item) => file === item || file.startsWith(`${String(item).replace(/^\.\//, "").replace(/\/$/, "")}/`),
          ),
          `package.json leaves ${file} out of files`,
        );
      }
    },
  },
  {
    name: "defines each component once, under the plugin's name",
    async run({ folder }) {
      const { name, components } = await pluginOf(folder);
      const names = components.map(({ schema }) => `${schema.kind} ${schema.name}`);
      deepEqual(names, [...new Set(names)]);
      for (const { schema } of components) {
        ok(schema.name === name || schema.name.startsWith(`${name}-`), `${schema.name} does not begin with ${name}`);
        notEqual(schema.summary, "");
      }
    },
  },
  {
    name: "keeps its schemas when they are frozen and read again",
    async run({ folder }) {
      const { components } = await manifestOf(folder);
      const plugin = await pluginOf(folder);
      deepEqual(
        components.map(freezeComponent),
        plugin.components.map(({ schema }) => JSON.parse(JSON.stringify(freezeComponent(schema))) as unknown),
      );
    },
  },
  {
    name: "says what each option is for",
    async run({ folder }) {
      const { components } = await manifestOf(folder);
      const silent = components.flatMap(({ name, body }) =>
        Object.entries(body.attributes).flatMap(([option, { doc }]) => (doc === "" ? [`${name}.${option}`] : [])),
      );
      deepEqual(silent, []);
    },
  },
  {
    name: "loads an implementation for each component",
    async run({ folder }) {
      for (const { schema, load } of (await pluginOf(folder)).components) {
        const runtime = (await load()).runtime as unknown as Readonly<Record<string, unknown>>;
        const form = runtime["form"];
        const needed =
          schema.kind === "builder" ? (form === "phased" ? ["launch", "capture"] : ["run"]) : methods[schema.kind];
        if (schema.kind === "builder")
          ok(form === "phased" || form === "enclosed", "a builder's form is phased or enclosed");
        for (const method of needed)
          equal(typeof runtime[method], "function", `${schema.kind} ${schema.name}: ${method}`);
        ok(["function", "undefined"].includes(typeof runtime["prepare"]));
      }
    },
  },
];

async function readPackage(folder: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as Record<string, unknown>;
}

async function manifestOf(folder: string): Promise<FrozenPlugin> {
  const manifest = readManifest(await readFile(path.join(folder, manifestFileName), "utf8"));
  if (typeof manifest === "string") throw new Error(`${manifestFileName}: ${manifest}`);
  return manifest;
}

async function pluginOf(folder: string): Promise<Plugin> {
  const { entry } = await manifestOf(folder);
  const module = (await import(pathToFileURL(path.join(folder, entry)).href)) as { readonly plugin?: Plugin };
  ok(module.plugin !== undefined, `${entry} does not export plugin`);
  return module.plugin;
}
