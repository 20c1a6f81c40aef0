import type { BodySchema } from "@hclbuild/syntax";

/** The blocks that may stand at the top of a template. */
export const rootSchema: BodySchema = {
  attributes: [],
  blocks: [
    { type: "packer" },
    { type: "variable", labelNames: ["name"] },
    { type: "variables" },
    { type: "locals" },
    { type: "local", labelNames: ["name"] },
    { type: "data", labelNames: ["type", "name"] },
    { type: "source", labelNames: ["type", "name"] },
    { type: "build" },
    { type: "hcp_packer_registry" },
    { type: "communicator", labelNames: ["type", "name"] },
  ],
};

export const packerSchema: BodySchema = {
  attributes: [{ name: "required_version" }],
  blocks: [{ type: "required_plugins" }],
};

export const variableSchema: BodySchema = {
  attributes: [{ name: "description" }, { name: "type" }, { name: "default" }, { name: "sensitive" }],
  blocks: [{ type: "validation" }],
};

export const validationSchema: BodySchema = {
  attributes: [
    { name: "condition", required: true },
    { name: "error_message", required: true },
  ],
  blocks: [],
};

export const localSchema: BodySchema = {
  attributes: [{ name: "expression", required: true }, { name: "sensitive" }],
  blocks: [],
};

export const buildSchema: BodySchema = {
  attributes: [{ name: "name" }, { name: "description" }, { name: "sources" }],
  blocks: [
    { type: "from", labelNames: ["type"] },
    { type: "source", labelNames: ["reference"] },
    { type: "provisioner", labelNames: ["type"] },
    { type: "error-cleanup-provisioner", labelNames: ["type"] },
    { type: "post-processor", labelNames: ["type"] },
    { type: "post-processors" },
    { type: "hcp_packer_registry" },
  ],
};

export const postProcessorsSchema: BodySchema = {
  attributes: [],
  blocks: [{ type: "post-processor", labelNames: ["type"] }],
};

export const provisionerMetaSchema: BodySchema = {
  attributes: [
    { name: "name" },
    { name: "only" },
    { name: "except" },
    { name: "override" },
    { name: "pause_before" },
    { name: "timeout" },
    { name: "max_retries" },
    { name: "continue_on_error" },
    { name: "cache" },
  ],
  blocks: [],
};

export const postProcessorMetaSchema: BodySchema = {
  attributes: [{ name: "name" }, { name: "only" }, { name: "except" }, { name: "keep_input_artifact" }],
  blocks: [],
};

export const registryBlockSchema: BodySchema = {
  attributes: [
    { name: "bucket_name" },
    { name: "description" },
    { name: "bucket_labels" },
    { name: "labels" },
    { name: "build_labels" },
    { name: "channels" },
  ],
  blocks: [],
};
