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
