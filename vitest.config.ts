import { defineConfig } from "vitest/config";

const conditions = ["@hclbuild/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    pool: "threads",
    isolate: false,
    include: ["packages/*/test/**/*.test.ts", "tools/test/**/*.test.ts"],
  },
});
