/** Offsets are UTF-16 code units into the template's text. */
export interface GoRange {
  readonly start: number;
  readonly end: number;
}

/** Literal text, trimmed by the markers around it. Never empty. */
export interface GoText extends GoRange {
  readonly kind: "text";
  readonly text: string;
}

/** `{{ pipeline }}` */
export interface GoAction extends GoRange {
  readonly kind: "action";
  readonly pipeline: GoPipeline;
}

/** `{{if}}`, `{{with}}` or `{{range}}`; `{{else if}}` is an `if` alone in `otherwise`. */
export interface GoControl extends GoRange {
  readonly kind: "if" | "with" | "range";
  readonly pipeline: GoPipeline;
  readonly body: readonly GoNode[];
  readonly otherwise?: readonly GoNode[];
}

/** `{{template "name" pipeline}}`, also what remains of `{{block}}` besides its definition. */
export interface GoTemplateCall extends GoRange {
  readonly kind: "template";
  readonly name: string;
  readonly pipeline?: GoPipeline;
}

/** `{{break}}` or `{{continue}}`. */
export interface GoLoopControl extends GoRange {
  readonly kind: "break" | "continue";
}

/** A node of a list. */
export type GoNode = GoText | GoAction | GoControl | GoTemplateCall | GoLoopControl;

/** Commands joined by `|`; each gets the value of the one before as its last argument. */
export interface GoPipeline extends GoRange {
  /** Variables set by the pipeline, `$` included. */
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly GoCommand[];
}

/** An operand followed by its arguments. */
export interface GoCommand extends GoRange {
  readonly operands: readonly GoOperand[];
}

/** What a command is applied to, and what its arguments are. */
export type GoOperand = GoRange &
  (
    | { readonly kind: "field"; readonly names: readonly string[] }
    | { readonly kind: "variable"; readonly name: string; readonly names: readonly string[] }
    | { readonly kind: "chain"; readonly target: GoOperand; readonly names: readonly string[] }
    | { readonly kind: "function"; readonly name: string }
    | { readonly kind: "pipeline"; readonly pipeline: GoPipeline }
    | { readonly kind: "dot" }
    | { readonly kind: "nil" }
    | { readonly kind: "bool"; readonly value: boolean }
    | { readonly kind: "string"; readonly value: string }
    /** `value` is a `bigint` for integers and characters and a `number` for floats. */
    | { readonly kind: "number"; readonly value: bigint | number }
  );

/** Where a template's text came from, for diagnostics. */
export interface GoTemplateOrigin {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** The source range holds the template's text character for character, so that parts of it can be pointed at. */
  readonly verbatim?: boolean;
}

/** A parsed template with the templates it defines. */
export interface GoTemplate {
  readonly text: string;
  readonly nodes: readonly GoNode[];
  readonly definitions: Readonly<Record<string, readonly GoNode[]>>;
  readonly origin?: GoTemplateOrigin;
  /** False when parsing reported an error; such a template renders as far as it was understood. */
  readonly isValid: boolean;
}
