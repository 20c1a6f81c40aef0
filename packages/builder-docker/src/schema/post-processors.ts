import { defineComponent, s } from "@hclbuild/schema";
import { dockerPath, loginOptions, loginRules } from "./login.js";

/** Turns a tar file into an image. */
export const dockerImport = defineComponent({
  kind: "post-processor",
  name: "docker-import",
  since: "0.1.0",
  summary: "Imports an exported container, or a tar file, as an image.",
  body: {
    repository: s.string().required().doc("Name of the new image."),
    tag: s.string().doc("Tag of the new image."),
    changes: s.list(s.string()).doc("Dockerfile instructions applied to the new image."),
    platform: s.string().doc("Platform of the new image."),
    docker_path: dockerPath,
  },
});

/** Writes an image to a tar file. */
export const dockerSave = defineComponent({
  kind: "post-processor",
  name: "docker-save",
  since: "0.1.0",
  summary: "Saves an image to a tar file and passes the image on.",
  body: {
    path: s.path().required().doc("The tar file to write."),
    docker_path: dockerPath,
  },
});

/** Gives an image more names. */
export const dockerTag = defineComponent({
  kind: "post-processor",
  name: "docker-tag",
  since: "0.1.0",
  summary: "Tags an image.",
  body: {
    repository: s.string().required().doc("Repository part of the new names."),
    tags: s.list(s.string()).doc("Tags to give; without any, the repository alone is the name."),
    tag: s.list(s.string()).deprecated("tags").doc("Old name of tags; both lists are used."),
    force: s.bool().default(false).doc("Accepted for old Docker clients; tags are always replaced."),
    docker_path: dockerPath,
  },
});

/** Sends an image to its registry. */
export const dockerPush = defineComponent({
  kind: "post-processor",
  name: "docker-push",
  since: "0.1.0",
  summary: "Pushes an image and all its tags to a registry.",
  body: {
    platform: s.string().doc("Platform to push when the image has several."),
    ...loginOptions,
    docker_path: dockerPath,
  },
  rules: loginRules,
});
