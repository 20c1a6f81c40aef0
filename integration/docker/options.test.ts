import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import {
  buildDocker,
  containerFacts,
  imageConfig,
  inspectContainer,
  leftBehind,
  removeImages,
  type DockerTemplate,
} from "./template.js";

afterEach(() => {
  removeImages();
  expect(leftBehind()).toEqual([]);
});

function built(template: DockerTemplate): ReturnType<typeof buildDocker> {
  const build = buildDocker(template);
  expect(build.code, build.output).toBe(0);
  return build;
}

/** Nested engines may lack the capabilities that a privileged container wants. */
function canRunPrivileged(): boolean {
  try {
    docker("run", "--rm", "--privileged", "busybox:test", "true");
    return true;
  } catch {
    return false;
  }
}

describe("what is kept", () => {
  test("commit: author, message and every kind of change", () => {
    const { image } = built({
      source: `
        commit  = true
        author  = "A U Thor <author@example.org>"
        message = "made by a test"
        changes = [
          "ENV A=1 B=two",
          "LABEL name=value",
          "EXPOSE 80 443/udp",
          "USER 1234",
          "VOLUME /data",
          "WORKDIR /work",
          "ONBUILD RUN echo built",
          "ENTRYPOINT [\\"/bin/echo\\"]",
          "CMD [\\"hello\\"]",
        ]`,
    });
    expect(docker("image", "inspect", "--format", "{{.Author}}|{{.Comment}}", image)).toBe(
      "A U Thor <author@example.org>|made by a test",
    );
    expect(imageConfig(image)).toMatchObject({
      Env: ["PATH=/bin:/usr/bin", "A=1", "B=two"],
      Labels: { name: "value" },
      ExposedPorts: { "80/tcp": {}, "443/udp": {} },
      User: "1234",
      Volumes: { "/data": {} },
      WorkingDir: "/work",
      OnBuild: ["RUN echo built"],
      Entrypoint: ["/bin/echo"],
      Cmd: ["hello"],
    });
    expect(docker("run", "--rm", image)).toBe("hello");
  });

  test("commit without changes keeps the base image's command and no trace of the build", () => {
    const { image } = built({ source: "commit = true" });
    expect(imageConfig(image)).toEqual({ Env: ["PATH=/bin:/usr/bin"], Cmd: ["/bin/sh"] });
    expect(docker("run", "--rm", image, "sh", "-c", "ls -A /tmp /packer-files | tr '\\n' ' '")).toBe(
      "/packer-files:  /tmp:",
    );
  });

  test("a change that the engine does not know is named", () => {
    const { code, output } = buildDocker({ source: 'commit = true\n changes = ["FROM x"]' });
    expect(code).toBe(1);
    expect(output).toContain("docker/invalid-change");
    expect(output).toMatch(/from is not a valid change command/i);
  });

  test("export_path: a tar file of the whole file system", () => {
    const { folder, output } = built({
      source: 'export_path = "out/image.tar"',
      build: 'provisioner "shell" {\n inline = ["echo content > /made"] \n}',
    });
    const names = execFileSync("tar", ["-tf", join(folder, "out/image.tar")], { encoding: "utf8" }).split("\n");
    expect(names).toEqual(expect.arrayContaining(["made", "bin/sh", "etc/passwd"]));
    expect(output).toContain("Exported Docker file: out/image.tar");
  });

  test("export_path that is a directory is refused before a container starts", () => {
    const { code, output } = buildDocker({ source: 'export_path = "."' });
    expect(code).toBe(1);
    expect(output).toContain("docker/export-path-is-directory");
    expect(output).not.toContain("Starting docker container");
  });

  test("discard: an artifact without a file", () => {
    const { output } = built({ source: "discard = true" });
    expect(output).toContain("--> docker.it: Exported Docker file: \n");
  });
});

describe("how the container runs", () => {
  test("volumes, tmpfs, capabilities and devices", () => {
    const shared = makeFolder({});
    const build = built({
      source: `
        discard    = true
        cap_add    = ["NET_ADMIN"]
        cap_drop   = ["MKNOD"]
        device     = ["/dev/null:/dev/nothing:rw"]
        tmpfs      = ["/scratch:size=1m", "/more"]
        volumes    = { "${shared}" = "/shared" }`,
      build: `
        provisioner "shell" {
          inline = ["echo from inside > /shared/file", "test -c /dev/nothing", "mount | grep -q 'tmpfs on /scratch'"]
        }
        ${inspectContainer}`,
    });
    expect(readFileSync(join(shared, "file"), "utf8")).toBe("from inside\n");
    expect(containerFacts(build).HostConfig).toMatchObject({
      CapAdd: expect.arrayContaining([expect.stringContaining("NET_ADMIN")]),
      CapDrop: expect.arrayContaining([expect.stringContaining("MKNOD")]),
      Tmpfs: { "/scratch": "size=1m", "/more": "" },
      Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/nothing", CgroupPermissions: "rw" }],
    });
  });

  test.skipIf(!canRunPrivileged())("privileged, as an option and as a flag", () => {
    for (const source of [
      "privileged = true",
      'run_command = ["-dit", "--privileged", "--entrypoint=/bin/sh", "{{.Image}}"]',
    ]) {
      const build = built({ source: `discard = true\n ${source}`, build: inspectContainer });
      expect(containerFacts(build).HostConfig).toMatchObject({ Privileged: true });
    }
  });

  test("runtime, platform, and a folder of the home folder", () => {
    const home = makeFolder({});
    const build = built({
      source: 'discard = true\n runtime = "runc"\n platform = "linux/amd64"\n volumes = { "~/data" = "/data" }',
      build: inspectContainer,
      env: { HOME: home },
    });
    expect(containerFacts(build).HostConfig).toMatchObject({ Runtime: "runc", Binds: [`${home}/data:/data`] });
  });

  test("a runtime and a platform that are not there are refused", () => {
    const runtime = buildDocker({ source: 'discard = true\n runtime = "no-such-runtime"' });
    expect(runtime.output).toContain("docker/engine-refused");
    expect(runtime.output).toMatch(/no-such-runtime/);
    const platform = buildDocker({ source: 'discard = true\n platform = "linux/s390x"' });
    expect(platform.code).toBe(1);
    expect(platform.output).toContain("docker/platform-mismatch");
  });

  test("a flag that is not mapped is named, before a container exists", () => {
    const { code, output } = buildDocker({
      source: 'discard = true\n run_command = ["-d", "--gpus=all", "{{.Image}}"]',
    });
    expect(code).toBe(1);
    expect(output).toContain("docker/unsupported-run-flag");
    expect(output).toContain("--gpus");
  });

  test("a command that does not stay up is named", () => {
    const { code, output } = buildDocker({
      source: 'discard = true\n run_command = ["-d", "--entrypoint=/bin/true", "{{.Image}}"]',
      build: 'provisioner "shell" {\n inline = ["true"]\n start_retry_timeout = "1s"\n}',
    });
    expect(code).toBe(1);
    expect(output).toContain("docker/container-died");
  });

  test("container_dir, pty, exec_user and fix_upload_owner", () => {
    const { image } = built({
      source: `
        commit           = true
        container_dir    = "/elsewhere"
        pty              = true
        exec_user        = "1000:1000"
        fix_upload_owner = true`,
      build: `
        provisioner "shell" {
          inline = ["test -t 1", "id -u > /tmp/id", "test -d /elsewhere"]
        }
        provisioner "file" {
          source      = "it.pkr.hcl"
          destination = "/tmp/mine"
        }`,
    });
    expect(docker("run", "--rm", image, "cat", "/tmp/id")).toBe("1000");
    expect(docker("run", "--rm", image, "stat", "-c", "%u:%g", "/tmp/mine")).toBe("1000:1000");
  });

  test("uploads keep owner, mode and time", () => {
    const { image, folder } = built({
      source: "commit = true",
      files: { "tree/run.sh": "#!/bin/sh\n", "tree/sub/data": "x" },
      build: `
        provisioner "file" {
          source      = "tree/"
          destination = "/opt"
        }
        provisioner "file" {
          source      = "tree"
          destination = "/srv"
        }`.replace(
        /^/,
        `
        provisioner "shell" {
          inline = ["mkdir -p /opt /srv"]
        }`,
      ),
    });
    const facts = statSync(join(folder, "tree/run.sh"));
    const expected = `${facts.uid}:${facts.gid} ${(facts.mode & 0o7777).toString(8)} ${Math.floor(facts.mtimeMs / 1000)}`;
    for (const path of ["/opt/run.sh", "/srv/tree/run.sh"]) {
      expect(docker("run", "--rm", image, "stat", "-c", "%u:%g %a %Y", path)).toBe(expected);
    }
    expect(docker("run", "--rm", image, "cat", "/srv/tree/sub/data")).toBe("x");
  });

  test("a file does not take the place of a folder, and a folder not that of a file", () => {
    for (const [source, destination] of [
      ["it.pkr.hcl", "/folder"],
      ["tree", "/file"],
    ]) {
      const { code, output, folder } = buildDocker({
        source: "discard = true",
        files: { "tree/file/inside": "x" },
        build: `
          provisioner "shell" {
            inline = ["mkdir -p /folder/sub /file", "rmdir /file", "echo kept > /file", "echo kept > /folder/sub/file"]
          }
          provisioner "file" {
            source      = "${source}"
            destination = "${destination}"
          }
          error-cleanup-provisioner "shell" {
            inline = ["cat /file /folder/sub/file"]
          }`,
      });
      expect(code, folder).toBe(1);
      expect(output).toContain("[file/upload-failed]");
      expect(output.match(/docker\.it: kept$/gm)).toHaveLength(2);
    }
  });

  test("downloads: a file, a link to a file, and a directory", () => {
    const { folder } = built({
      source: "discard = true",
      build: `
        provisioner "shell" {
          inline = ["mkdir -p /d/e", "echo one > /d/one", "echo two > /d/e/two", "ln -s /d/one /link"]
        }
        provisioner "file" {
          direction   = "download"
          source      = "/link"
          destination = "got/"
        }
        provisioner "file" {
          direction   = "download"
          source      = "/d/"
          destination = "dir"
        }`,
    });
    expect(readFileSync(join(folder, "got/link"), "utf8")).toBe("one\n");
    expect(readFileSync(join(folder, "dir/e/two"), "utf8")).toBe("two\n");
  });
});

describe("communicators", () => {
  test("none: only local steps do something", () => {
    const { output } = built({
      source: 'discard = true\n communicator = "none"',
      build: 'provisioner "shell-local" {\n inline = ["echo local ${build.ID}"] \n}',
    });
    expect(output).toMatch(/local [0-9a-f]{64}/);
  });

  test.skipIf(!existsSync("/usr/sbin/sshd"))("ssh: over the container's own network", () => {
    const keys = makeFolder({});
    for (const name of ["host", "user"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, name)]);
    // The container borrows the machine's own sshd: the image has none.
    const sshd = `mkdir -p /run/sshd; exec chroot /host /usr/sbin/sshd -D -e -o HostKey=${keys}/host -o AuthorizedKeysFile=${keys}/user.pub -o StrictModes=no -o UsePAM=no -o PermitRootLogin=yes -o PidFile=none -f /dev/null`;
    const { output } = built({
      source: `
        discard              = true
        communicator         = "ssh"
        ssh_username         = "root"
        ssh_private_key_file = "${keys}/user"
        run_command = ["-d", "-v", "/:/host", "--entrypoint=/bin/sh", "{{.Image}}", "-c", ${JSON.stringify(sshd)}]`,
      build:
        'provisioner "shell" {\n inline = ["echo over ${build.ConnType} from $(hostname)"]\n remote_folder = "/tmp" \n}',
    });
    expect(output).toMatch(/over ssh from [0-9a-f]{12}/);
  });
});

describe("generated data", () => {
  test("names the base image to provisioners and post-processors", () => {
    const base = docker("image", "inspect", "--format", "{{.Id}}", "busybox:test");
    const { output, image } = built({
      source: "commit = true",
      build: `
        provisioner "shell-local" {
          inline = ["echo source \${build.SourceImageSha256} port \${build.Port} user \${build.User} type \${build.ConnType}"]
        }
        post-processor "shell-local" {
          inline = ["echo image \${build.ImageSha256}"]
        }`,
    });
    expect(output).toContain(`source ${base}`);
    expect(output).toContain("type docker");
    expect(output).toContain(`image ${image}`);
  });
});
