import { customRule, defineComponent, exactlyOneOf, s, type RuleSubject } from "@hclbuild/schema";
import { connectFragment, connectRules } from "@hclbuild/sdk/connect-schema";
import { dockerPath, loginOptions, loginRules } from "./login.js";

const artifactOptions = {
  commit: s.bool().default(false).doc("Keep the container's state as an image."),
  discard: s.bool().default(false).doc("Throw the container away after provisioning."),
  export_path: s.path().doc("Write the container's file system to this tar file."),
  author: s.string().doc("Author recorded in the committed image."),
  message: s.string().doc("Message recorded in the committed image."),
  changes: s
    .list(s.string())
    .doc("Dockerfile instructions applied to the committed image, such as CMD, ENTRYPOINT, ENV and LABEL."),
};

const runOptions = {
  container_dir: s
    .string()
    .doc("Folder of the container where the shared folder is mounted; /packer-files by default."),
  device: s.list(s.string()).doc("Devices of the host that the container may use."),
  cap_add: s.list(s.string()).doc("Linux capabilities to add."),
  cap_drop: s.list(s.string()).doc("Linux capabilities to drop."),
  tmpfs: s.list(s.string()).doc("Folders of the container that are kept in memory."),
  privileged: s.bool().default(false).doc("Run the container with all privileges."),
  pty: s.bool().default(false).doc("Give commands a terminal."),
  runtime: s.string().doc("OCI runtime to use."),
  platform: s.string().doc("Platform of the image, such as linux/arm64."),
  volumes: s.map(s.string()).doc("Folders of the host to mount, by host path; a leading ~ means the home folder."),
  run_command: s
    .list(s.string())
    .renderedLater(["Image"], { isStrict: true })
    .doc("Arguments of docker run; {{.Image}} stands for the image. A shell that stays open is run by default."),
  exec_user: s.string().doc("User that runs the commands inside the container."),
  docker_path: dockerPath,
  fix_upload_owner: s.bool().default(false).doc("Make the container's user the owner of uploaded files."),
  windows_container: s.bool().default(false).doc("The container runs Windows."),
};

function checkImage(config: RuleSubject): readonly { name?: string; message: string; severity?: "warning" }[] {
  const image = config.presence("image");
  const build = config.presence("build");
  if (image === "set" && build === "set") {
    return [{ name: "image", message: "Only one of image and the build block may be given." }];
  }
  if (image === "unset" && build === "unset") return [{ message: "Either image or a build block must be given." }];
  if (build === "set" && config.value("pull") === true && config.presence("pull") === "set") {
    return [{ name: "pull", message: "With a build block, pull has no effect.", severity: "warning" }];
  }
  return [];
}

/** The builder whose artifact is a container's state, as an image or as a tar file. */
export const dockerBuilder = defineComponent({
  kind: "builder",
  name: "docker",
  since: "0.1.0",
  summary: "Starts a container, provisions it, and keeps it as an image or a tar file.",
  body: {
    image: s.string().doc("The image to start from, unless a build block makes it."),
    build: s
      .block({
        path: s.path().required().doc("The Dockerfile."),
        build_dir: s.path().doc("The build context; the Dockerfile's folder by default."),
        arguments: s.map(s.string()).doc("Build arguments."),
        pull: s.trilean().doc("Pull newer versions of the images that the Dockerfile starts from; on by default."),
        compress: s.bool().default(false).doc("Compress the build context."),
      })
      .single()
      .doc("Makes the image to start from with a Dockerfile."),
    pull: s.bool().default(true).doc("Pull the image even when it exists already."),
    ...artifactOptions,
    ...runOptions,
    ...loginOptions,
    ...connectFragment(["docker", "dockerWindowsContainer", "ssh", "winrm", "none"]),
  },
  rules: [
    customRule("docker-image", "Exactly one of image and a build block must be given.", checkImage),
    exactlyOneOf("commit", "discard", "export_path"),
    ...loginRules,
    ...connectRules,
  ],
  output: {
    ImageSha256: s.string().doc("Digest of the image that the container was started from."),
    SourceImageDigest: s.string().doc("Repository digest of that image."),
    SourceImageSha256: s.string().doc("Identifier of that image."),
  },
});
