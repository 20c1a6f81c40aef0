import { expect, test } from "vitest";
import { renderBugReport } from "../src/bug-report.js";

test("holds what a report needs and no values of flags", () => {
  const error = new Error("broken");
  error.stack = "Error: broken\n    at somewhere";
  expect(
    renderBugReport(error, "node v20.20.2, linux x64", ["build", "-var", "password=secret", "--var-file=x", "."]),
  ).toBe(
    [
      "",
      "Internal error: hclbuild came into a situation it was not made for. This is a",
      "fault of hclbuild, not of the template. Please report it with these lines:",
      "",
      "----- bug report -----",
      "hclbuild 0.1.0, compatibility level 1.16.0",
      "node v20.20.2, linux x64",
      "command: build -var --var-file",
      "Error: broken",
      "    at somewhere",
      "----- end of bug report -----",
      "",
    ].join("\n"),
  );
});
