import { conflictsWith, customRule, defineComponent, s } from "@hclbuild/schema";

/** Copies files to or from the machine. */
export const file = defineComponent({
  kind: "provisioner",
  name: "file",
  since: "0.1.0",
  summary: "Uploads files to the machine or downloads them from it.",
  body: {
    source: s
      .string()
      .doc("The file or folder to copy; a folder with a trailing slash means its contents, without one itself."),
    sources: s.list(s.string()).doc("Several files or folders to copy."),
    content: s.string().doc("Text to upload as a file."),
    destination: s.string().required().doc("Where to copy to; a trailing slash keeps the file's name."),
    direction: s.string().enum(["upload", "download"]).default("upload").doc("Which way to copy."),
    generated: s.bool().default(false).doc("The source does not exist yet when the template is checked."),
  },
  rules: [
    conflictsWith("source", "content"),
    conflictsWith("sources", "content"),
    customRule("file-nothing", "One of source, sources and content is needed for anything to be copied.", (config) =>
      ["source", "sources", "content"].every((name) => config.presence(name) === "unset")
        ? [{ message: "Neither source, sources nor content is given, so nothing is copied.", severity: "warning" }]
        : [],
    ),
  ],
});
