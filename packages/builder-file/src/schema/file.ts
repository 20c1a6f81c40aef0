import { conflictsWith, customRule, defineComponent, s } from "@hclbuild/schema";

/** The builder whose artifact is one file. */
export const fileBuilder = defineComponent({
  kind: "builder",
  name: "file",
  since: "0.1.0",
  summary: "Writes one file, from a text or as a copy of another file.",
  body: {
    target: s.path().required().doc("The file to write; missing folders are made."),
    source: s.path().doc("The file to copy, which must be a regular one."),
    content: s.string().doc("The text to write; only the owner may read the file then."),
  },
  rules: [
    conflictsWith("source", "content"),
    customRule("file-empty", "Without source and content, the file will be empty.", (config) =>
      config.presence("source") === "unset" && config.presence("content") === "unset"
        ? [{ message: "Neither source nor content is given, so the file will be empty.", severity: "warning" }]
        : [],
    ),
  ],
});
