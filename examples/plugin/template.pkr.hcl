# Uses the plugin of this folder. README.md says how to install it.

packer {
  required_plugins {
    greeting = {
      source  = "npm/hclbuild-examples/greeting"
      version = "~> 1.0"
    }
  }
}

data "greeting-text" "welcome" {
  language = "fr"
  name     = "Ada"
}

source "greeting-folder" "here" {
  path = "${path.root}/output"
}

build {
  sources = ["source.greeting-folder.here"]

  provisioner "greeting" {
    text  = "${data.greeting-text.welcome.text} This is {{ .Machine }}."
    path  = "motd"
    check = "cat motd"
  }
}
