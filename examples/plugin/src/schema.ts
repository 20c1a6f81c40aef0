import { defineComponent, s } from "@hclbuild/schema";

/** `provisioner "greeting"`: writes a greeting into a file on the machine. */
export const greeting = defineComponent({
  kind: "provisioner",
  name: "greeting",
  since: "1.0.0",
  summary: "Writes a greeting into a file on the machine.",
  body: {
    text: s
      .string()
      .required()
      .noInterpolation()
      .doc("What the file holds. A Go template: `{{ .Machine }}` is the machine's name."),
    path: s.string().default("/etc/motd").doc("The file on the machine. Its folder must exist."),
    mode: s.string().default("0644").doc("Permission bits of the file, in octal."),
    check: s.string().doc("A command that must succeed afterwards."),
  },
});

/** `source "greeting-folder"`: a folder on this machine that takes the part of a machine. */
export const greetingFolder = defineComponent({
  kind: "builder",
  name: "greeting-folder",
  since: "1.0.0",
  summary: "Provisions a folder on this machine instead of a machine.",
  body: {
    path: s.path().required().doc("The folder. It must not exist yet."),
  },
  output: {
    Folder: s.string().doc("Absolute path of the folder."),
  },
});

/** `data "greeting-text"`: a greeting in one of a few languages. */
export const greetingText = defineComponent({
  kind: "data-source",
  name: "greeting-text",
  since: "1.0.0",
  summary: "Gives a greeting in a language.",
  body: {
    language: s.string().enum(["de", "en", "fr"]).default("en").doc("The language, by its two letters."),
    name: s.string().required().doc("Who is greeted."),
  },
  output: {
    text: s.string().doc("The greeting, without a line end."),
  },
});
