import { defineConfig } from "vitest/config";

const conditions = ["@hclbuild/source"];
const corpusTests = "packages/*/test/corpus/**/*.test.ts";

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    pool: "threads",
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Tests of the program start processes, which takes long on a busy machine.
          testTimeout: 60_000,
          setupFiles: ["tools/seed-properties.ts"],
          include: ["packages/*/test/**/*.test.ts", "tools/test/**/*.test.ts"],
          exclude: [corpusTests, "**/node_modules/**"],
        },
      },
      { extends: true, test: { name: "corpus", include: [corpusTests], testTimeout: 120_000 } },
      ...["docker", "faults", "packer", "report", "ssh"].map((backend) => ({
        extends: true as const,
        test: {
          name: `integration-${backend}`,
          include: [`integration/${backend}/**/*.test.ts`],
          globalSetup: [`integration/${backend}/setup.ts`],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      })),
    ],
  },
});
