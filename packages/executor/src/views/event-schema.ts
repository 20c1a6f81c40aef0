/**
 * JSON Schema (2020-12) of one line of `-format=ndjson`. Fields may be added within version 1; none is removed or given
 * another meaning. `run.end` is the last line of a run and its `outcome` tells how the run ended.
 */
export const eventSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:hclbuild:event:1",
  title: "An event of a hclbuild run",
  type: "object",
  required: ["v", "seq", "t", "type"],
  properties: {
    v: { const: 1, description: "Version of this format." },
    seq: { type: "integer", minimum: 1, description: "Counts up by one within a run." },
    t: { type: "number", description: "Milliseconds since the Unix epoch." },
    node: { type: "string", description: "Id of the graph node or step that the event is about." },
    build: { type: "string", description: "Full name of the build that the node belongs to." },
    type: { type: "string" },
  },
  oneOf: [
    {
      properties: {
        type: { const: "run.start" },
        runId: { type: "string" },
        parallel: { type: "integer", minimum: 0, description: "Most builds at a time; 0 for no limit." },
        debug: { type: "boolean" },
        builds: {
          type: "array",
          items: {
            type: "object",
            required: ["node", "name", "builderType"],
            properties: { node: { type: "string" }, name: { type: "string" }, builderType: { type: "string" } },
          },
        },
      },
      required: ["runId", "parallel", "debug", "builds"],
    },
    {
      properties: { type: { const: "run.cancel" }, reason: { type: "string" }, stage: { enum: [1, 2] } },
      required: ["reason", "stage"],
    },
    {
      properties: {
        type: { const: "run.end" },
        outcome: { enum: ["succeeded", "failed", "cancelled"] },
        durationMs: { type: "number" },
      },
      required: ["outcome", "durationMs"],
    },
    { properties: { type: { const: "build.start" } }, required: ["node", "build"] },
    {
      properties: {
        type: { const: "build.end" },
        outcome: { $ref: "#/$defs/outcome" },
        durationMs: { type: "number" },
        error: { type: "string", description: "The error as the summary shows it." },
        artifacts: {
          type: "array",
          description: "In order; null for a build that made none.",
          items: { anyOf: [{ $ref: "#/$defs/artifact" }, { type: "null" }] },
        },
      },
      required: ["node", "build", "outcome", "durationMs", "artifacts"],
    },
    {
      properties: {
        type: { const: "node.start" },
        kind: { $ref: "#/$defs/kind" },
        component: {
          type: "object",
          required: ["kind", "name"],
          properties: { kind: { type: "string" }, name: { type: "string" } },
        },
        label: { type: "string", description: "The name that the template gives it." },
      },
      required: ["node", "kind"],
    },
    {
      properties: {
        type: { const: "node.end" },
        kind: { $ref: "#/$defs/kind" },
        outcome: { $ref: "#/$defs/outcome" },
        durationMs: { type: "number" },
        error: {
          type: "object",
          required: ["code", "message"],
          properties: { code: { type: "string" }, message: { type: "string" }, hint: { type: "string" } },
        },
      },
      required: ["node", "kind", "outcome", "durationMs"],
    },
    {
      properties: {
        type: { const: "phase" },
        phase: { enum: ["launch", "connect", "provision", "capture", "teardown", "build"] },
        state: { enum: ["start", "end"] },
      },
      required: ["node", "phase", "state"],
    },
    {
      properties: {
        type: { const: "log" },
        stream: { enum: ["say", "error", "stdout", "stderr"] },
        text: { type: "string", description: "One line for stdout and stderr; may hold several for the others." },
        postProcessor: { type: "string", description: "Type of the post-processor that speaks." },
        partial: { const: true, description: "An unfinished line; the whole of it follows in a later event." },
        continues: { const: true, description: "The line goes on in the next event of the same stream." },
      },
      required: ["stream", "text"],
    },
    {
      properties: {
        type: { const: "progress" },
        id: { type: "integer", description: "Tells transfers of one node apart." },
        title: { type: "string" },
        done: { type: "number" },
        total: { type: "number" },
        ended: { const: true },
      },
      required: ["id", "title", "done"],
    },
    {
      properties: {
        type: { const: "diagnostic" },
        diagnostic: {
          type: "object",
          required: ["code", "severity", "message"],
          properties: {
            code: { type: "string" },
            severity: { enum: ["error", "warning", "info"] },
            message: { type: "string" },
            detail: { type: "string" },
            address: { type: "string" },
          },
        },
      },
      required: ["diagnostic"],
    },
    {
      properties: {
        type: { const: "artifact" },
        index: { type: "integer", minimum: 0 },
        artifact: { $ref: "#/$defs/artifact" },
      },
      required: ["node", "build", "index", "artifact"],
    },
    {
      properties: {
        type: { enum: ["resource.created", "resource.deleted"] },
        resource: { type: "string" },
        name: { type: "string" },
        id: { type: "string" },
      },
      required: ["resource", "name"],
    },
    { properties: { type: { const: "prompt" }, question: { type: "string" } }, required: ["question"] },
  ],
  $defs: {
    outcome: { enum: ["succeeded", "failed", "cancelled", "skipped"] },
    kind: { enum: ["effect", "value", "machine", "step", "post", "cleanup-step"] },
    artifact: {
      type: "object",
      required: ["builderId", "id", "description", "files"],
      properties: {
        builderId: { type: "string" },
        id: { type: "string" },
        description: { type: "string" },
        files: { type: "array", items: { type: "string" } },
        generatedData: { type: "object" },
      },
    },
  },
} as const;
