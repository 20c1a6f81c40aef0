# A root filesystem as an archive, with a checksum and a manifest, and release notes beside it.
# Needs no daemon and no network: the null builder starts no machine, and the scripts run here.

packer {
  required_version = ">= 1.6.0"
}

variable "hostname" {
  type        = string
  default     = "quickstart"
  description = "Name of the machine that will run the image."
}

variable "users" {
  type        = map(number)
  description = "User names and their numbers."
  default = {
    app   = 1000
    admin = 1001
  }
}

locals {
  output = "${path.root}/output"
  root   = "${local.output}/rootfs"

  passwd = concat(
    ["root:x:0:0:root:/root:/bin/sh"],
    [for name, id in var.users : "${name}:x:${id}:${id}:${title(name)}:/home/${name}:/bin/sh"],
  )

  notes = join("\n", concat(
    ["Image ${upper(var.hostname)}"],
    [for name in keys(var.users) : "- has the user ${name}"],
    [""],
  ))
}

source "null" "rootfs" {
  communicator = "none"
}

source "file" "notes" {
  target  = "${local.output}/notes.txt"
  content = local.notes
}

build {
  description = "A root filesystem, made by scripts that run on this machine."
  sources     = ["source.null.rootfs"]

  provisioner "shell-local" {
    environment_vars = ["ROOT=${local.root}"]
    inline = [
      "rm -rf \"$ROOT\" \"$ROOT\".tar.gz*",
      "mkdir -p \"$ROOT\"/bin \"$ROOT\"/etc \"$ROOT\"/home \"$ROOT\"/root \"$ROOT\"/tmp",
      "chmod 1777 \"$ROOT\"/tmp",
    ]
  }

  provisioner "shell-local" {
    environment_vars = [
      "ROOT=${local.root}",
      "HOSTNAME=${var.hostname}",
      "PASSWD=${join("\\n", local.passwd)}",
    ]
    script = "${path.root}/scripts/configure.sh"
  }

  post-processors {
    post-processor "shell-local" {
      inline = ["tar -C '${local.root}' -czf '${local.root}.tar.gz' ."]
    }

    post-processor "artifice" {
      files = ["${local.root}.tar.gz"]
    }

    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "${local.root}.tar.gz.{{.ChecksumType}}"
    }

    post-processor "manifest" {
      output     = "${local.output}/manifest.json"
      strip_path = true
      custom_data = {
        hostname = var.hostname
        users    = join(",", keys(var.users))
      }
    }
  }
}

build {
  description = "Release notes, a file whose text is computed."
  sources     = ["source.file.notes"]
}
