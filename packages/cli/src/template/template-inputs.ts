import type { Invocation } from "../command.js";

/** What the flags shared by all commands that take a template say. */
export interface TemplateInputs {
  /** Texts of `-var`, `NAME=VALUE`, in command-line order. */
  readonly variables: readonly string[];
  readonly variableFiles: readonly string[];
  /** Patterns of the builds to run. Not empty when the flag was given: an empty value is a pattern that matches none. */
  readonly only: readonly string[];
  readonly except: readonly string[];
}

/** Reads `-var`, `-var-file`, `-only` and `-except`. */
export function readTemplateInputs({ flags }: Pick<Invocation, "flags">): TemplateInputs {
  const only = splitLists(flags.texts("only"));
  return {
    variables: flags.texts("var"),
    variableFiles: flags.texts("var-file"),
    // `-only="$NAMES"` of a script where the variable is unset must not run everything.
    only: only.length === 0 && flags.has("only") ? [""] : only,
    except: splitLists(flags.texts("except")),
  };
}

/** Flags that take comma lists and may be repeated. A comma inside braces or brackets belongs to a glob. */
export function splitLists(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(/,(?![^{[]*[}\]])/)).filter((item) => item !== "");
}
