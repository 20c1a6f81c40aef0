import { asText, dynamicType, isWhollyKnown, stringType, stringValue, unknownValue, type Value } from "@hclbuild/value";
import { argumentError, type ValueFunction } from "./definition.js";
import { problem } from "./problem.js";
import { anyParameter, defineFunction, stringParameter, textPartsPerStep } from "./support.js";
import { decodeYaml } from "./yaml-decode.js";
import { encodeYaml } from "./yaml-encode.js";

const yamlencode = defineFunction({
  name: "yamlencode",
  partsPerStep: textPartsPerStep,
  description: "Writes a value as YAML in block style, with quoted texts and sorted keys.",
  params: [anyParameter("value", { allowUnknown: true, allowDynamic: true, allowNull: true })],
  type: stringType,
  call([value], { budget }) {
    if (!isWhollyKnown(value as Value)) return unknownValue(stringType, { notNull: true });
    // The evaluator reports a text that is too long.
    return stringValue(encodeYaml(value as Value, budget.limits.stringLength));
  },
});

const yamldecode = defineFunction({
  name: "yamldecode",
  partsPerStep: textPartsPerStep,
  description: "Reads a YAML document: mappings become objects, sequences tuples.",
  params: [stringParameter("src")],
  nullable: true,
  type: dynamicType,
  call([text]) {
    const value = decodeYaml(asText(text as Value));
    return "kind" in value ? argumentError(0, problem`it is not YAML that can be read: ${value.message}`) : value;
  },
});

export const yamlFunctions: readonly ValueFunction[] = [yamldecode, yamlencode];
