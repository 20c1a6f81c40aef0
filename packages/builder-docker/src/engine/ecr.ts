import { spawn } from "node:child_process";
import { buildError } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { oneLine } from "./client.js";

/** Where the password for an ECR registry comes from. */
export interface EcrRequest {
  readonly server: string;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly token?: string | undefined;
  readonly profile?: string | undefined;
  readonly publicRegistry: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Asks the `aws` command for a registry password. It is a secret: it is returned, never logged. */
export async function ecrPassword(request: EcrRequest, signal: AbortSignal): Promise<string> {
  const region = /\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(request.server)?.[1];
  const isPublic = request.publicRegistry || request.server.replace(/^https?:\/\//, "").startsWith("public.ecr.aws");
  const args = [
    isPublic ? "ecr-public" : "ecr",
    "get-login-password",
    ...(isPublic ? ["--region", "us-east-1"] : region === undefined ? [] : ["--region", region]),
    ...(request.profile ? ["--profile", request.profile] : []),
  ];
  const env = {
    ...request.env,
    ...(request.accessKey ? { AWS_ACCESS_KEY_ID: request.accessKey } : {}),
    ...(request.secretKey ? { AWS_SECRET_ACCESS_KEY: request.secretKey } : {}),
    ...(request.token ? { AWS_SESSION_TOKEN: request.token } : {}),
  };
  const result = await new Promise<{ readonly out: string; readonly problem?: string }>((resolve) => {
    const child = spawn("aws", args, { env: env as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"], signal });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
    child.on("error", (error) => resolve({ out, problem: `the aws command could not be run (${error.message})` }));
    child.on("close", (code) =>
      resolve(
        code === 0
          ? { out }
          : { out, problem: `"aws ${args[0]} get-login-password" ended with ${code}: ${oneLine(err)}` },
      ),
    );
  });
  signal.throwIfAborted();
  if (result.problem !== undefined)
    throw buildError(catalog["ecr-login-failed"], { server: request.server, reason: result.problem });
  return result.out.trim();
}
