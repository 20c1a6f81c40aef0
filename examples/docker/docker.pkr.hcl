# Two images from one template: a web server with its page, and a worker that says hello.
# Both start from busybox:test, which integration/setup/base-image.ts makes without a registry.

variable "greeting" {
  type        = string
  default     = "Hello from an image"
  description = "What the page and the worker say."
}

locals {
  base = "busybox:test"
  page = "/srv/index.html"
}

source "docker" "web" {
  image  = local.base
  pull   = false
  commit = true
  changes = [
    "ENTRYPOINT [\"\"]",
    "WORKDIR /srv",
    "EXPOSE 8080",
    "CMD [\"httpd\", \"-f\", \"-p\", \"8080\", \"-h\", \"/srv\"]",
  ]
}

source "docker" "worker" {
  image  = local.base
  pull   = false
  commit = true
  changes = [
    "ENTRYPOINT [\"\"]",
    "CMD [\"/usr/bin/greet\"]",
  ]
}

build {
  sources = [
    "source.docker.web",
    "source.docker.worker",
  ]

  provisioner "shell" {
    inline = [
      "mkdir -p /srv",
      "echo \"built from ${local.base}\" > /etc/image-base",
    ]
  }

  provisioner "file" {
    only        = ["docker.web"]
    source      = "${path.root}/site/index.html"
    destination = local.page
  }

  provisioner "shell" {
    only             = ["docker.web"]
    environment_vars = ["GREETING=${var.greeting}"]
    inline           = ["sed -i \"s/GREETING/$GREETING/\" ${local.page}"]
  }

  provisioner "shell" {
    only = ["docker.worker"]
    inline = [
      "printf '#!/bin/sh\\necho \"%s\"\\n' '${var.greeting}' > /usr/bin/greet",
      "chmod +x /usr/bin/greet",
    ]
  }

  provisioner "shell-local" {
    inline = ["echo \"provisioned ${build.ID}\" | cut -c 1-24"]
  }

  post-processor "manifest" {
    output     = "${path.root}/docker-manifest.json"
    strip_path = true
    custom_data = {
      greeting = upper(var.greeting)
    }
  }
}
