import type { Report } from "@hclbuild/diagnostics";
import { configCatalog } from "./catalog.js";
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
  drops(postProcessor: { readonly name: string; readonly type: string }): boolean;
  /** Reports malformed patterns, and patterns that matched neither a build nor a post-processor. */
  finish(builds: readonly SelectableBuild[], report: Report): void;
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
  const usedByPostProcessor = new Set<string>();
  return {
    select: (builds) => {
      const wanted = only.length === 0 ? builds : only.flatMap((pattern) => matchingBuilds(pattern, builds));
      const unwanted = new Set(except.flatMap((pattern) => matchingBuilds(pattern, builds)));
      return new Set(wanted.filter((build) => !unwanted.has(build)));
    },
    drops: ({ name, type }) => {
      const match = except.find(({ glob }) => glob?.matches(name === "" ? type : name));
      if (match !== undefined) usedByPostProcessor.add(match.text);
      return match !== undefined;
    },
    finish: (builds, report) => {
      const known = builds.map((build) => build.fullName).join(", ");
      for (const [flag, list] of [
        ["-only", only],
        ["-except", except],
      ] as const) {
        for (const pattern of list) {
          const text = pattern.text.slice(0, 60);
          if (pattern.glob === undefined) report(configCatalog["invalid-pattern"], { flag, pattern: text });
          else if (!usedByPostProcessor.has(pattern.text) && matchingBuilds(pattern, builds).length === 0) {
            report(configCatalog["unmatched-pattern"], { flag, pattern: text, known });
          }
        }
      }
    },
  };
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
