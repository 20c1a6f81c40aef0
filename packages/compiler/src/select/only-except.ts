import { suggestName, type Report } from "@hclbuild/diagnostics";
import { configCatalog } from "../catalog.js";
import { compileGlob, type Glob } from "./glob.js";

/** The patterns of `-only` and `-except` flags. */
export interface SelectionPatterns {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** A build that can be selected. */
export interface SelectableBuild {
  /** `BUILD.TYPE.NAME`, or `TYPE.NAME` for an unnamed build. */
  readonly fullName: string;
  readonly buildName: string;
  readonly type: string;
  readonly localName: string;
}

/** What the flags select. */
export interface Selection {
  /** The selected ones of all builds. */
  select(builds: readonly SelectableBuild[]): ReadonlySet<SelectableBuild>;
  /** Whether `-except` drops a post-processor, and with it the rest of its chain. */
  drops(postProcessor: SelectablePostProcessor): boolean;
  /** Reports malformed patterns, and patterns that match nothing of what the template has. */
  finish(template: Selectable, report: Report): void;
}

/** A post-processor that `-except` can leave out; `name` is empty when it has none. */
export interface SelectablePostProcessor {
  readonly name: string;
  readonly type: string;
}

/** Everything in a template that patterns can match. */
export interface Selectable {
  readonly builds: readonly SelectableBuild[];
  readonly postProcessors: readonly SelectablePostProcessor[];
  /** These are all of them, so that a pattern without a match can be told. */
  readonly isComplete: boolean;
}

interface Pattern {
  readonly text: string;
  readonly glob: Glob | undefined;
}

/**
 * Compiles patterns. A pattern that matches no full name is tried on the forms that people expect to work: with a
 * `source.` prefix, and the name of a build block alone.
 */
export function createSelection(patterns: SelectionPatterns): Selection {
  const compile = (text: string): Pattern => ({ text, glob: compileGlob(text) });
  const only = (patterns.only ?? []).map(compile);
  const except = (patterns.except ?? []).map(compile);
  const drops = (pattern: Pattern, { name, type }: SelectablePostProcessor): boolean =>
    pattern.glob?.matches(name === "" ? type : name) === true;
  return {
    select: (builds) => {
      const wanted = only.length === 0 ? builds : only.flatMap((pattern) => matchingBuilds(pattern, builds));
      const unwanted = new Set(except.flatMap((pattern) => matchingBuilds(pattern, builds)));
      return new Set(wanted.filter((build) => !unwanted.has(build)));
    },
    drops: (postProcessor) => except.some((pattern) => drops(pattern, postProcessor)),
    finish: ({ builds, postProcessors, isComplete }, report) => {
      for (const [flag, list, others] of [
        ["-only", only, []],
        ["-except", except, postProcessors],
      ] as const) {
        for (const pattern of list) {
          if (pattern.glob === undefined) {
            report(configCatalog["invalid-pattern"], { flag, pattern: shortPattern(pattern) });
            continue;
          }
          const isMatched = matchingBuilds(pattern, builds).length > 0 || others.some((other) => drops(pattern, other));
          if (isComplete && !isMatched) reportUnmatched({ flag, pattern, builds, postProcessors: others }, report);
        }
      }
    },
  };
}

function shortPattern({ text }: Pattern): string {
  return text.slice(0, 60);
}

function reportUnmatched(
  {
    flag,
    pattern,
    builds,
    postProcessors,
  }: Omit<Selectable, "isComplete"> & { readonly flag: string; readonly pattern: Pattern },
  report: Report,
): void {
  const names = builds.map((build) => build.fullName);
  const others = postProcessors.map(({ name, type }) => (name === "" ? type : name));
  report(configCatalog["unmatched-pattern"], {
    flag,
    pattern: shortPattern(pattern),
    near: suggestName(pattern.text, [...names, ...others]),
    empty: pattern.text === "" ? "" : undefined,
    known: listNames(names),
    none: names.length === 0 ? "" : undefined,
    postProcessors: listNames(others),
  });
}

const shownNames = 20;

function listNames(names: readonly string[]): string | undefined {
  const unique = [...new Set(names)];
  if (unique.length === 0) return undefined;
  const more = unique.length - shownNames;
  return unique.slice(0, shownNames).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function matchingBuilds({ glob }: Pattern, builds: readonly SelectableBuild[]): readonly SelectableBuild[] {
  if (glob === undefined) return [];
  const exact = builds.filter((build) => glob.matches(build.fullName));
  return exact.length > 0 ? exact : builds.filter((build) => tolerantNames(build).some((name) => glob.matches(name)));
}

function tolerantNames({ type, localName, buildName }: SelectableBuild): readonly string[] {
  const short = `source.${type}.${localName}`;
  return buildName === "" ? [short] : [short, `${buildName}.${short}`, buildName];
}
