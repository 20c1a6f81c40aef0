import { describe, expect, it } from "vitest";
import { commitChanges } from "../../src/docker/commit.js";

const base = { entrypoint: ["/entry"], command: ["/bin/sh", "-c", 'echo "x"'] };

describe("commitChanges", () => {
  it("restores the base image's entrypoint and command, entrypoint first", () => {
    expect(commitChanges(["ENV A=1"], base)).toEqual([
      'ENTRYPOINT ["/entry"]',
      'CMD ["/bin/sh","-c","echo \\"x\\""]',
      "ENV A=1",
    ]);
  });

  it("keeps the user's own instructions", () => {
    expect(commitChanges(['CMD ["a"]'], base)).toEqual(['ENTRYPOINT ["/entry"]', 'CMD ["a"]']);
    expect(commitChanges(['entrypoint ["a"]'], base)).toEqual(['entrypoint ["a"]']);
  });

  it("needs no entrypoint when the base image has none", () => {
    expect(commitChanges([], { entrypoint: [], command: ["/bin/sh"] })).toEqual(['CMD ["/bin/sh"]']);
  });
});
