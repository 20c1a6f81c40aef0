import { expect, it } from "vitest";
import { parsePluginSource } from "../../src/requirements/plugin-source.js";

it.each([
  ["docker", "github.com/hashicorp/docker"],
  ["proxmox", "github.com/hashicorp/proxmox"],
  ["acme/cloud", "github.com/acme/cloud"],
  ["acme/packer-plugin-cloud", undefined],
  ["nothing-known", undefined],
])("of the incomplete address %s, what is probably meant is %s", (text, suggestion) => {
  expect(parsePluginSource(text)).toEqual({
    problem: "it needs at least three parts: the host, the namespace and the name",
    ...(suggestion === undefined ? {} : { suggestion }),
  });
});

it.each([
  ["https://github.com/acme/cloud", "github.com/acme/cloud"],
  ["git::https://github.com/acme/packer-plugin-cloud.git", "github.com/acme/cloud"],
  ["git::github.com/acme/cloud", "github.com/acme/cloud"],
  ["github.com/acme/cloud/", "github.com/acme/cloud"],
  ["/github.com//acme/cloud", "github.com/acme/cloud"],
  // Packer refuses ports, too.
  ["example.com:8080/acme/cloud", undefined],
  ["https://", undefined],
  ["///", undefined],
])("of the address %s, what is probably meant is %s", (text, suggestion) => {
  expect(parsePluginSource(text)).toEqual({
    problem: expect.stringMatching(/^it (?:begins with a scheme|has an empty part)/),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
});

it("says what the address of an npm package looks like", () => {
  expect(parsePluginSource("npm/cloud")).toEqual({
    problem: "it needs three parts: npm, the package's scope without @, and its name",
  });
});
