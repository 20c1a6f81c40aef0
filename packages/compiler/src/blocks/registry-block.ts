import type { Report } from "@hclbuild/diagnostics";
import type { Scope } from "@hclbuild/eval";
import type { BodyBlock } from "@hclbuild/syntax";
import { evaluate, lowerExpression } from "@hclbuild/eval";
import { convert, isValueError, mapOf, stringType, unmarkDeep } from "@hclbuild/value";
import { createArgumentReader } from "./arguments.js";
import { configCatalog } from "../catalog.js";
import { registryBlockSchema } from "./root-schema.js";
import { sentence } from "./sentence.js";
import { spanOfExpression } from "./spans.js";

/** Checks an `hcp_packer_registry` block, which is recorded and has no effect. */
export function checkRegistryBlock(block: BodyBlock, scope: Scope, report: Report): void {
  const { attributes } = block.body.content(registryBlockSchema, report);
  const reader = createArgumentReader(scope, report, () => undefined);
  const bucket = attributes.get("bucket_name");
  const name = reader.text(bucket);
  if (bucket !== undefined && name !== undefined && name !== "" && !/^[A-Za-z0-9-]{3,36}$/.test(name)) {
    report(configCatalog["registry-bucket"], { span: spanOfExpression(bucket) });
  }
  const description = attributes.get("description");
  const text = reader.text(description);
  if (description !== undefined && text !== undefined && text.length > 255) {
    report(configCatalog["registry-description"], { span: spanOfExpression(description) });
  }
  const labels = attributes.get("labels");
  const bucketLabels = attributes.get("bucket_labels");
  if (labels !== undefined && bucketLabels !== undefined) {
    const problem = "It is the old name of bucket_labels, and only one of the two may be set";
    report(configCatalog["invalid-argument"], { name: "labels", problem, span: labels.nameSpan });
  }
  for (const attribute of [labels, bucketLabels, attributes.get("build_labels")]) {
    if (attribute === undefined) continue;
    const { value } = unmarkDeep(evaluate(lowerExpression(attribute), scope, report));
    const converted = convert(value, mapOf(stringType));
    if (isValueError(converted)) {
      report(configCatalog["invalid-argument"], {
        name: attribute.name,
        problem: sentence(converted.message),
        span: spanOfExpression(attribute),
      });
    }
  }
  reader.texts(attributes.get("channels"));
  report(configCatalog["registry-recorded"], { span: block.headerSpan });
}

/** Reports a second registry block: one is allowed in a template, wherever it stands. */
export function checkRegistryCount(blocks: readonly BodyBlock[], report: Report): void {
  const [first, ...others] = blocks;
  if (first === undefined) return;
  for (const block of others) {
    const related = [{ span: first.headerSpan, message: "The first one is here." }];
    report(configCatalog["duplicate-block"], { type: block.type, span: block.headerSpan, related });
  }
}
