import { describe, expect, it } from "vitest";
import { argumentError, functionError } from "../../src/functions/definition.js";
import { problem, problemText, told, valueProblem } from "../../src/functions/problem.js";

describe("problems", () => {
  const text: string = "canary";

  it("leave out what comes from values where it must not be told", () => {
    const inner = problem`"${text}" follows ${told("the year")}`;
    const outer = problem`it is wrong: ${inner}, ${3} of ${told(5n)}`;
    expect(problemText(outer, false)).toBe('it is wrong: "canary" follows the year, 3 of 5');
    expect(problemText(outer, true)).toBe('it is wrong: "(sensitive value)" follows the year, (sensitive value) of 5');
    expect(problemText("fixed", true)).toBe("fixed");
  });

  it("take what an error about a value quotes for a part of the value", () => {
    const message = 'element "a \\"b\\"": string required, but have object';
    expect(problemText(valueProblem({ message }), false)).toBe(message);
    expect(problemText(valueProblem({ message }), true)).toBe(
      "element (sensitive value): string required, but have object",
    );
  });

  it("are the only way to say what is not fixed", () => {
    functionError("fixed");
    argumentError(0, problem`${text} is wrong`);
    // @ts-expect-error the text may come from a value
    functionError(text);
    // @ts-expect-error a part of the text may come from a value
    argumentError(0, `${text} is wrong`);
  });
});
