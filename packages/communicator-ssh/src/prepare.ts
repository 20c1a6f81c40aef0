import type { Report } from "@hclbuild/diagnostics";
import {
  BuildError,
  diagnosticOf,
  isKnownOption,
  type CommunicatorRuntime,
  type MaybeUnknown,
  type PrepareContext,
} from "@hclbuild/sdk";
import { readKnownHosts } from "./known-hosts.js";
import type { SshConfig } from "./settings.js";

type KnownConfig = Exclude<MaybeUnknown<SshConfig>, symbol>;

interface Check {
  readonly config: KnownConfig;
  readonly report: Report;
  readonly context: PrepareContext;
}

/** Checks the files that the options name: as in Packer, keys must be there and usable before anything is launched. */
export const prepare: NonNullable<CommunicatorRuntime<SshConfig>["prepare"]> = async (config, report, context) => {
  if (!isKnownOption(config)) return;
  const check = { config, report, context };
  await checkKey(check, "ssh_private_key_file", "ssh_certificate_file");
  if (isGiven(config.ssh_bastion_host)) {
    await checkKey(check, "ssh_bastion_private_key_file", "ssh_bastion_certificate_file");
  }
  const known = config.ssh_known_hosts_file;
  if (isGiven(known)) await reporting(check, "ssh_known_hosts_file", () => readKnownHosts(known, context.host));
};

type PathOption =
  | "ssh_private_key_file"
  | "ssh_certificate_file"
  | "ssh_bastion_private_key_file"
  | "ssh_bastion_certificate_file"
  | "ssh_known_hosts_file";

async function checkKey(check: Check, keyOption: PathOption, certificateOption: PathOption): Promise<void> {
  const { config, context } = check;
  const key = config[keyOption];
  const certificate = config[certificateOption];
  if (!isGiven(key) && !isGiven(certificate)) return;
  const { parsePrivateKey, readCertificate, readPrivateKey } = await import("./keys.js");
  if (isGiven(key)) {
    await reporting(check, keyOption, async () => {
      const text = await readPrivateKey(key, context.host);
      const passphrase = config.ssh_private_key_passphrase;
      // A secret is not shown to checks.
      if (isKnownOption(passphrase)) parsePrivateKey(text, passphrase || undefined, key);
    });
  }
  if (isGiven(certificate)) await reporting(check, certificateOption, () => readCertificate(certificate, context.host));
}

function isGiven(value: MaybeUnknown<string | undefined>): value is string {
  return typeof value === "string" && value !== "";
}

async function reporting({ report, context }: Check, option: PathOption, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    report.add(diagnosticOf(error, { span: context.spanOf(option) }));
  }
}
