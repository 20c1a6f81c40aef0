/** A template with one build of everything that needs no machine. */
export const greeting = `variable "greeting" {
  type    = string
  default = "hello"
}

variable "password" {
  type      = string
  default   = "correct horse"
  sensitive = true
}

locals {
  shout = upper(var.greeting)
}

source "null" "example" {
  communicator = "none"
}

build {
  sources = ["source.null.example"]

  provisioner "shell-local" {
    inline = ["echo $GREETING"]
    environment_vars = ["GREETING=\${local.shout}"]
  }

  post-processor "manifest" {
    output = "manifest.json"
  }
}
`;

/** A template with a misspelt variable and a misspelt option. */
export const mistakes = `variable "image" {
  default = "x"
}

source "null" "a" {
  comunicator = "none"
}

build {
  sources = ["source.null.a"]

  provisioner "shell-local" {
    inline = [var.imgae]
  }
}
`;
