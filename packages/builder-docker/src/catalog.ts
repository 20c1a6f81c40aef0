import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong between us and a container engine. */
export const catalog = defineCatalog("docker", {
  "engine-unreachable": {
    severity: "error",
    message: msg`The container engine at ${"address"} cannot be reached.`,
    detail: [
      msg`The connection failed with: ${"reason"}.`,
      msg`Start the engine, or point DOCKER_HOST or a docker context at a running one. "docker info" must succeed first.`,
    ],
  },
  "engine-address-invalid": {
    severity: "error",
    message: msg`The address of the container engine cannot be used.`,
    detail: [msg`${"reason"}.`, msg`Check DOCKER_HOST, DOCKER_CONTEXT and the docker client configuration.`],
  },
  "engine-lost": {
    severity: "error",
    message: msg`The container engine went away while container ${"container"} was in use.`,
    detail: [
      msg`Its last answer was: ${"reason"}.`,
      msg`The container may still exist. Its volume carries the label ${"label"}. Once the engine is back, remove both with "hclbuild cleanup", or with:\n\n  docker rm --force ${"container"}\n  docker volume rm ${"volume"}`,
    ],
  },
  "engine-refused": {
    severity: "error",
    message: msg`The container engine refused to ${"action"}.`,
    detail: [msg`It answered with status ${"status"}: ${"reason"}.`],
  },
  "image-not-found": {
    severity: "error",
    message: msg`The image ${"image"} does not exist.`,
    detail: [
      msg`The engine answered: ${"reason"}.`,
      msg`Check the name and tag. With "pull = false" the image must already be on the engine; "docker image ls" lists what is there.`,
    ],
  },
  "image-name-invalid": {
    severity: "error",
    message: msg`${"image"} cannot be the name of an image.`,
    detail: [
      msg`The reason was: ${"reason"}.`,
      msg`Repositories are written in lower case, as in registry.example:5000/team/image:tag; a digest is "sha256:" and 64 hexadecimal digits.`,
    ],
  },
  "platform-mismatch": {
    severity: "error",
    message: msg`There is no image ${"image"} for the platform that is asked for.`,
    detail: [
      msg`The engine answered: ${"reason"}.`,
      msg`The platform comes from "--platform" in "run_command", from "platform", or from the variable DOCKER_DEFAULT_PLATFORM. With "pull = true" the engine looks for it in the registry.`,
    ],
  },
  "credential-helper-failed": {
    severity: "warning",
    message: msg`The credential helper ${"program"} failed for the registry ${"registry"}.`,
    detail: [
      msg`${"reason"}.`,
      msg`The docker client's configuration names it; the build goes on without its credentials. Install the program, or remove "credsStore" or "credHelpers" from config.json.`,
    ],
  },
  "pull-denied": {
    severity: "error",
    message: msg`The registry denied access to the image ${"image"}.`,
    detail: [
      msg`It answered: ${"reason"}.`,
      msg`Either the image does not exist or it needs credentials: set "login", "login_username", "login_password" and "login_server", or run "docker login" first.`,
    ],
  },
  "pull-failed": {
    severity: "error",
    message: msg`The image ${"image"} could not be pulled.`,
    detail: [
      msg`The engine answered: ${"reason"}.`,
      msg`With "pull = false" an image that is already on the engine is used as it is.`,
    ],
  },
  "login-failed": {
    severity: "error",
    message: msg`The registry ${"server"} did not accept the login.`,
    detail: [msg`It answered: ${"reason"}.`, msg`Check "login_username" and "login_password".`],
  },
  "push-denied": {
    severity: "error",
    message: msg`The registry denied the push of ${"image"}.`,
    detail: [
      msg`It answered: ${"reason"}.`,
      msg`Check the credentials and that the account may write to this repository.`,
    ],
  },
  "push-failed": {
    severity: "error",
    message: msg`The image ${"image"} could not be pushed.`,
    detail: [msg`The engine answered: ${"reason"}.`],
  },
  "container-died": {
    severity: "error",
    message: msg`The container ${"container"} stopped while it was in use.`,
    detail: [
      msg`Its state is "${"state"}" with exit code ${"code"}.`,
      msg`The command of "run_command" must keep the container running; something may also have stopped or killed it.`,
    ],
  },
  "unsupported-run-flag": {
    severity: "error",
    message: msg`The flag ${"flag"} of "run_command" is not supported.`,
    detail: [
      msg`hclbuild talks to the engine directly and maps these flags: ${"known"}.`,
      msg`Use the builder's own options where they exist, such as "volumes", "privileged" or "cap_add".`,
    ],
  },
  "invalid-run-command": {
    severity: "error",
    message: msg`The "run_command" cannot be used: ${"reason"}.`,
    detail: msg`It must hold the flags of "docker run", then {{.Image}}, then the command, as in ["-d", "-i", "-t", "--entrypoint=/bin/sh", "--", "{{.Image}}"].`,
  },
  "invalid-change": {
    severity: "error",
    message: msg`The engine did not accept the "changes".`,
    detail: [
      msg`It answered: ${"reason"}.`,
      msg`Allowed instructions are CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, USER, VOLUME and WORKDIR.`,
    ],
  },
  "commit-failed": {
    severity: "error",
    message: msg`The container could not be committed to an image.`,
    detail: [msg`The engine answered: ${"reason"}.`],
  },
  "export-failed": {
    severity: "error",
    message: msg`The container could not be exported to ${"path"}.`,
    detail: [msg`${"reason"}.`],
  },
  "upload-failed": {
    severity: "error",
    message: msg`The upload to ${"path"} in the container failed.`,
    detail: [
      msg`The engine answered: ${"reason"}.`,
      msg`The folder must exist in the container; a shell provisioner can make it first.`,
    ],
  },
  "upload-conflict": {
    severity: "error",
    message: msg`${"path"} in the container is something else than what is uploaded.`,
    detail: [
      msg`The engine answered: ${"reason"}.`,
      msg`A destination that ends with a slash means the folder to upload into. What is there is left as it is; a shell provisioner can remove it first.`,
    ],
  },
  "download-failed": {
    severity: "error",
    message: msg`The download of ${"path"} from the container failed.`,
    detail: [msg`The engine answered: ${"reason"}.`],
  },
  "exec-failed": {
    severity: "error",
    message: msg`A command could not be started in the container.`,
    detail: [msg`The engine answered: ${"reason"}.`],
  },
  "build-failed": {
    severity: "error",
    message: msg`The base image could not be built from ${"path"}.`,
    detail: [msg`The engine answered: ${"reason"}.`, msg`The instruction that failed is:\n\n    ${"step?"}`],
  },
  "build-input-unreadable": {
    severity: "error",
    message: msg`${"path"} cannot be read for the build of the base image.`,
    detail: [
      msg`${"reason"}.`,
      msg`"path" names the Dockerfile and "build_dir" the folder that is sent to the engine, by default the Dockerfile's. A .dockerignore file in it leaves out what the build does not need.`,
    ],
  },
  "build-input-changed": {
    severity: "error",
    message: msg`The file ${"path"} has fewer bytes than its size says.`,
    detail: [
      msg`Its size was ${"size"} bytes, and only ${"read"} could be sent to the engine. Something shortened it meanwhile, or it is no ordinary file, such as those below /sys.`,
      msg`Build again once nothing writes to the file, or leave it out with a .dockerignore file.`,
    ],
  },
  "ignore-pattern-invalid": {
    severity: "error",
    message: msg`Line ${"line"} of ${"path"} is no pattern: ${"pattern"}`,
    detail: msg`Brackets hold at least one character and are closed, their ranges go upwards, and a backslash stands before the character that it takes, as in Go's filepath.Match.`,
  },
  "dockerfile-needs-buildkit": {
    severity: "error",
    message: msg`The Dockerfile ${"path"} uses ${"feature"}, which the engine's classic builder does not know.`,
    detail: [
      msg`${"reason"}.`,
      msg`Rewrite the instruction, use an engine that has BuildKit (Docker 18.09 or newer), or build the base image elsewhere and name it in "image".`,
    ],
  },
  "dockerfile-needs-newer-buildkit": {
    severity: "error",
    message: msg`The Dockerfile ${"path"} uses ${"feature"}, which the engine's BuildKit does not know yet.`,
    detail: [
      msg`The engine answered: ${"reason"}.`,
      msg`A first line that names a newer reader of Dockerfiles lets this engine understand it, if it can pull that image:\n\n    # syntax=docker/dockerfile:1`,
    ],
  },
  "ecr-login-failed": {
    severity: "error",
    message: msg`No password for the registry ${"server"} could be obtained from AWS.`,
    detail: [
      msg`${"reason"}.`,
      msg`"ecr_login" runs "aws ecr get-login-password"; the aws command must be installed and have credentials.`,
    ],
  },
  "wrong-artifact": {
    severity: "error",
    message: msg`Unknown artifact type: ${"builder"}.`,
    detail: msg`Can only ${"action"} from ${"accepted"} artifacts.`,
  },
  "tag-failed": {
    severity: "error",
    message: msg`The image could not be tagged as ${"tag"}.`,
    detail: [msg`The engine answered: ${"reason"}.`],
  },
  "save-failed": {
    severity: "error",
    message: msg`The image could not be saved to ${"path"}.`,
    detail: [msg`${"reason"}.`],
  },
  "import-failed": {
    severity: "error",
    message: msg`The file ${"path"} could not be imported as an image.`,
    detail: [msg`${"reason"}.`],
  },
  "export-path-is-directory": {
    severity: "error",
    message: msg`The "export_path" ${"path"} is a directory.`,
    detail: msg`It must name the tar file to write.`,
  },
});
