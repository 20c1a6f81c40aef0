import { createRunScope, type CompileResult } from "@hclbuild/compiler";
import type { LateInputs } from "@hclbuild/executor";
import { asText, containsMark, isKnown, isNull, walkValue, type Value } from "@hclbuild/value";

/** Where the expressions that a graph still holds find inputs, folders and functions when it runs. */
export function lateInputsOf({ definitions, inputs }: CompileResult): LateInputs {
  return createRunScope(definitions, inputs);
}

/** All texts inside of sensitive inputs, for the filter over the output. */
export function secretsOf({ inputs }: CompileResult): readonly string[] {
  return [...inputs.values()].filter((value) => containsMark(value, "sensitive")).flatMap(textsOf);
}

function textsOf(whole: Value): readonly string[] {
  const texts: string[] = [];
  walkValue(whole, (part) => {
    if (part.type.kind === "string" && isKnown(part) && !isNull(part)) texts.push(asText(part));
    return true;
  });
  return texts;
}
