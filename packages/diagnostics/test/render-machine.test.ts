import { describe, expect, it } from "vitest";
import {
  renderGithub,
  renderJson,
  renderSarif,
  SourceSet,
  SourceText,
  toDiagnosticsDocument,
  type Diagnostic,
} from "@hclbuild/diagnostics";

// The second line holds a combining accent (one column, two units), an emoji (two units, four bytes) and a tab.
const text = 'a = 1\n"e\u0301😀"\t= x\n';
const sources = new SourceSet();
sources.add(new SourceText("dir/a b.hcl", text));
sources.add(new SourceText("/abs/c.hcl", "c\n"));
const x = text.indexOf("x");

const full: Diagnostic = {
  code: "test/full",
  severity: "error",
  message: "It is 100% broken: really, so.",
  detail: "First.\nSecond.",
  primary: { file: "dir/a b.hcl", start: x, end: x + 1 },
  context: { file: "dir/a b.hcl", start: 0, end: x + 1 },
  related: [{ span: { file: "/abs/c.hcl", start: 0, end: 1 }, message: "See here." }],
  values: [{ expression: "var.x", shown: "<sensitive>" }],
  fixes: [{ title: "Change it", edits: [{ span: { file: "dir/a b.hcl", start: x, end: x + 1 }, newText: "y" }] }],
  address: "source.null.a",
};
const bare: Diagnostic = { code: "test/bare", severity: "warning", message: "Plain." };
const lost: Diagnostic = {
  code: "test/lost",
  severity: "info",
  message: "Lost.",
  primary: { file: "C:\\x\\gone.hcl", start: 1, end: 2 },
};
const wide: Diagnostic = {
  code: "test/wide",
  severity: "error",
  message: "Wide.",
  primary: { file: "dir/a b.hcl", start: 0, end: text.length },
};

const place = { line: 2, column: 8, byte: 18 };
const placeEnd = { line: 2, column: 9, byte: 19 };
const region = {
  startLine: 2,
  startColumn: 10,
  endLine: 2,
  endColumn: 11,
  charOffset: x,
  charLength: 1,
  byteOffset: 18,
  byteLength: 1,
};

describe("renderJson", () => {
  it("resolves positions and counts severities", () => {
    expect(toDiagnosticsDocument([full, bare, lost, full], sources)).toEqual({
      format: "hclbuild.diagnostics/1",
      errorCount: 1,
      warningCount: 1,
      infoCount: 1,
      diagnostics: [
        { code: "test/bare", severity: "warning", message: "Plain." },
        {
          code: "test/full",
          severity: "error",
          message: full.message,
          detail: "First.\nSecond.",
          range: { file: "dir/a b.hcl", start: place, end: placeEnd },
          context: { file: "dir/a b.hcl", start: { line: 1, column: 1, byte: 0 }, end: placeEnd },
          related: [
            {
              message: "See here.",
              range: {
                file: "/abs/c.hcl",
                start: { line: 1, column: 1, byte: 0 },
                end: { line: 1, column: 2, byte: 1 },
              },
            },
          ],
          values: [{ expression: "var.x", shown: "<sensitive>" }],
          fixes: [
            {
              title: "Change it",
              edits: [{ range: { file: "dir/a b.hcl", start: place, end: placeEnd }, newText: "y" }],
            },
          ],
          address: "source.null.a",
        },
        { code: "test/lost", severity: "info", message: "Lost.", range: { file: "C:\\x\\gone.hcl" } },
      ],
    });
  });

  it("writes one indented document", () => {
    expect(renderJson([], sources)).toBe(`{
  "format": "hclbuild.diagnostics/1",
  "errorCount": 0,
  "warningCount": 0,
  "infoCount": 0,
  "diagnostics": []
}
`);
    expect(JSON.parse(renderJson([full], sources))).toEqual(toDiagnosticsDocument([full], sources));
  });
});

describe("renderSarif", () => {
  const log = JSON.parse(
    renderSarif([full, bare, lost], sources, {
      name: "hclbuild",
      version: "1.2.3",
      informationUri: "https://example.org",
      helpUri: (code) => (code === "test/full" ? "https://example.org/full" : undefined),
    }),
  );
  const run = log.runs[0];

  it("describes the tool and every rule that occurs", () => {
    expect(log).toMatchObject({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0" });
    expect(run.columnKind).toBe("utf16CodeUnits");
    expect(run.tool.driver).toEqual({
      name: "hclbuild",
      version: "1.2.3",
      informationUri: "https://example.org",
      rules: [
        { id: "test/bare", defaultConfiguration: { level: "warning" } },
        { id: "test/full", defaultConfiguration: { level: "error" }, helpUri: "https://example.org/full" },
        { id: "test/lost", defaultConfiguration: { level: "note" } },
      ],
    });
  });

  it("places results by UTF-16 column, byte and character", () => {
    expect(run.results).toEqual([
      { ruleId: "test/bare", ruleIndex: 0, level: "warning", message: { text: "Plain." }, locations: [] },
      {
        ruleId: "test/full",
        ruleIndex: 1,
        level: "error",
        message: { text: "It is 100% broken: really, so.\nFirst.\nSecond." },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "dir/a%20b.hcl" },
              region,
              contextRegion: {
                startLine: 1,
                startColumn: 1,
                endLine: 2,
                endColumn: 11,
                charOffset: 0,
                charLength: x + 1,
                byteOffset: 0,
                byteLength: 19,
              },
            },
            logicalLocations: [{ fullyQualifiedName: "source.null.a" }],
          },
        ],
        relatedLocations: [
          {
            id: 1,
            physicalLocation: {
              artifactLocation: { uri: "file:///abs/c.hcl" },
              region: {
                startLine: 1,
                startColumn: 1,
                endLine: 1,
                endColumn: 2,
                charOffset: 0,
                charLength: 1,
                byteOffset: 0,
                byteLength: 1,
              },
            },
            message: { text: "See here." },
          },
        ],
        fixes: [
          {
            description: { text: "Change it" },
            artifactChanges: [
              {
                artifactLocation: { uri: "dir/a%20b.hcl" },
                replacements: [{ deletedRegion: region, insertedContent: { text: "y" } }],
              },
            ],
          },
        ],
      },
      {
        ruleId: "test/lost",
        ruleIndex: 2,
        level: "note",
        message: { text: "Lost." },
        locations: [{ physicalLocation: { artifactLocation: { uri: "file:///C:/x/gone.hcl" } } }],
      },
    ]);
  });
});

describe("renderGithub", () => {
  it("writes one escaped command for each diagnostic", () => {
    expect(renderGithub([full, bare, lost, wide], sources).split("\n")).toEqual([
      "::warning title=test/bare::Plain.",
      "::error file=dir/a b.hcl,line=1,endLine=3,title=test/wide::Wide.",
      "::error file=dir/a b.hcl,line=2,endLine=2,col=10,endColumn=10,title=test/full::It is 100%25 broken: really, so.%0AFirst.%0ASecond.",
      "::notice file=C%3A/x/gone.hcl,title=test/lost::Lost.",
      "",
    ]);
  });

  it("escapes property values", () => {
    const odd = { ...bare, primary: { file: "a,b:c%\r.hcl", start: 0, end: 0 } };
    expect(renderGithub([odd], sources)).toBe("::warning file=a%2Cb%3Ac%25%0D.hcl,title=test/bare::Plain.\n");
  });
});
