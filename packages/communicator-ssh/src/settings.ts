import type { Infer } from "@hclbuild/schema";
import { parseDuration } from "@hclbuild/sdk";
import type { sshCommunicator } from "./schema/index.js";

export type SshConfig = Infer<typeof sshCommunicator>;

/** How to prove who we are to one server. */
export interface Credentials {
  readonly username: string;
  readonly password?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly useAgent: boolean;
  /** Passes the server's questions on to the person in front of the build, who is told that they come from this one. */
  readonly questionsFrom?: string | undefined;
}

/** One SSH server on the way to the machine. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
}

/** The options as numbers, with Packer's rules for what applies when. */
export interface SshSettings {
  readonly credentials: Credentials;
  readonly bastion?: Endpoint | undefined;
  readonly proxy?: ProxySettings | undefined;
  readonly pty: boolean;
  readonly forwardAgent: boolean;
  /** Milliseconds to wait for SSH; `undefined` for ever. */
  readonly timeout: number | undefined;
  /** Failed authentications after which to give up; `undefined` for never. */
  readonly handshakeAttempts: number | undefined;
  readonly keepAlive: number | undefined;
  readonly idleTimeout: number | undefined;
  readonly pauseBeforeConnecting: number;
  readonly ciphers?: readonly string[] | undefined;
  readonly keyExchange?: readonly string[] | undefined;
  readonly transfer: "scp" | "sftp";
  readonly localTunnels: readonly string[];
  readonly remoteTunnels: readonly string[];
  readonly hostKeys: readonly string[];
  readonly knownHostsFile?: string | undefined;
}

export interface ProxySettings {
  readonly type: "socks5" | "http";
  readonly host: string;
  readonly port: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

const defaultTimeout = 5 * 60_000;
const defaultAttempts = 10;
/** What a port of 0 means, as in Packer. */
export const defaultPort = 22;
const defaultProxyPort = 1080;

/** Reads the options. A duration that cannot be read has been reported by the schema before. */
export function readSettings(config: SshConfig): SshSettings {
  const timeoutText = config.ssh_wait_timeout || config.ssh_timeout;
  const attempts = config.ssh_handshake_attempts;
  // Packer sets each of the two defaults only when neither option is given.
  const neither = !timeoutText && !attempts;
  const timeout = timeoutText ? milliseconds(timeoutText) : neither ? defaultTimeout : 0;
  const keepAlive = milliseconds(config.ssh_keep_alive_interval);
  const idle = milliseconds(config.ssh_read_write_timeout);
  return {
    credentials: {
      username: config.ssh_username ?? "",
      password: config.ssh_password || undefined,
      privateKeyFile: config.ssh_private_key_file || undefined,
      privateKey: config.ssh_private_key || undefined,
      passphrase: config.ssh_private_key_passphrase || undefined,
      certificateFile: config.ssh_certificate_file || undefined,
      useAgent: config.ssh_agent_auth,
    },
    bastion: bastionOf(config),
    proxy: proxyOf(config),
    pty: config.ssh_pty,
    forwardAgent: !config.ssh_disable_agent_forwarding,
    timeout: timeout > 0 ? timeout : undefined,
    handshakeAttempts: attempts ? attempts : neither ? defaultAttempts : undefined,
    keepAlive: keepAlive > 0 ? keepAlive : undefined,
    idleTimeout: idle > 0 ? idle : undefined,
    pauseBeforeConnecting: milliseconds(config.pause_before_connecting),
    ciphers: config.ssh_ciphers && config.ssh_ciphers.length > 0 ? config.ssh_ciphers : undefined,
    keyExchange:
      config.ssh_key_exchange_algorithms && config.ssh_key_exchange_algorithms.length > 0
        ? config.ssh_key_exchange_algorithms
        : undefined,
    transfer: config.ssh_file_transfer_method,
    localTunnels: config.ssh_local_tunnels ?? [],
    remoteTunnels: config.ssh_remote_tunnels ?? [],
    hostKeys: config.ssh_host_key ?? [],
    knownHostsFile: config.ssh_known_hosts_file || undefined,
  };
}

function bastionOf(config: SshConfig): Endpoint | undefined {
  if (!config.ssh_bastion_host) return undefined;
  return {
    host: config.ssh_bastion_host,
    port: config.ssh_bastion_port || defaultPort,
    credentials: {
      username: config.ssh_bastion_username || config.ssh_username || "",
      password: config.ssh_bastion_password || undefined,
      privateKeyFile: config.ssh_bastion_private_key_file || config.ssh_private_key_file || undefined,
      passphrase: config.ssh_private_key_passphrase || undefined,
      certificateFile: config.ssh_bastion_certificate_file || undefined,
      useAgent: config.ssh_bastion_agent_auth,
      questionsFrom: config.ssh_bastion_interactive ? `The bastion ${config.ssh_bastion_host}` : undefined,
    },
  };
}

function proxyOf(config: SshConfig): ProxySettings | undefined {
  if (!config.ssh_proxy_host) return undefined;
  return {
    type: config.ssh_proxy_type,
    host: config.ssh_proxy_host,
    port: config.ssh_proxy_port || defaultProxyPort,
    username: config.ssh_proxy_username || undefined,
    password: config.ssh_proxy_password || undefined,
  };
}

function milliseconds(text: string | undefined): number {
  return text ? (parseDuration(text) ?? 0) : 0;
}
