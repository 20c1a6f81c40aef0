/**
 * Where widespread plugins come from, by the prefix of their components' names. Only used to say in a message which
 * plugin a component probably belongs to.
 */
const sources: Readonly<Record<string, string>> = {
  alicloud: "github.com/hashicorp/alicloud",
  amazon: "github.com/hashicorp/amazon",
  ansible: "github.com/hashicorp/ansible",
  azure: "github.com/hashicorp/azure",
  chef: "github.com/hashicorp/chef",
  cloudstack: "github.com/hashicorp/cloudstack",
  digitalocean: "github.com/digitalocean/digitalocean",
  docker: "github.com/hashicorp/docker",
  external: "github.com/joomcode/external",
  git: "github.com/ethanmdavidson/git",
  googlecompute: "github.com/hashicorp/googlecompute",
  hcloud: "github.com/hetznercloud/hcloud",
  hyperv: "github.com/hashicorp/hyperv",
  inspec: "github.com/hashicorp/inspec",
  linode: "github.com/linode/linode",
  lxc: "github.com/hashicorp/lxc",
  lxd: "github.com/hashicorp/lxd",
  nutanix: "github.com/nutanix-cloud-native/nutanix",
  openstack: "github.com/hashicorp/openstack",
  oracle: "github.com/hashicorp/oracle",
  parallels: "github.com/parallels/parallels",
  proxmox: "github.com/hashicorp/proxmox",
  puppet: "github.com/hashicorp/puppet",
  qemu: "github.com/hashicorp/qemu",
  salt: "github.com/hashicorp/salt",
  scaleway: "github.com/scaleway/scaleway",
  sshkey: "github.com/ivoronin/sshkey",
  tart: "github.com/cirruslabs/tart",
  tencentcloud: "github.com/hashicorp/tencentcloud",
  ucloud: "github.com/hashicorp/ucloud",
  vagrant: "github.com/hashicorp/vagrant",
  "veertu-anka": "github.com/veertu/veertu-anka",
  virtualbox: "github.com/hashicorp/virtualbox",
  vmware: "github.com/hashicorp/vmware",
  vsphere: "github.com/hashicorp/vsphere",
  vultr: "github.com/vultr/vultr",
  "windows-update": "github.com/rgl/windows-update",
  yandex: "github.com/hashicorp/yandex",
};

/** The plugin that a component's name points at, and its source address. */
export function wellKnownPlugin(component: string): { readonly name: string; readonly source: string } | undefined {
  const name = Object.keys(sources).find((prefix) => component === prefix || component.startsWith(`${prefix}-`));
  return name === undefined ? undefined : { name, source: sources[name] as string };
}
