import { showControls } from "@hclbuild/diagnostics";
import { buildError, type AskOptions, type Host } from "@hclbuild/sdk";
import type { AnyAuthMethod, KeyboardInteractiveAuthMethod, Prompt } from "ssh2";
import { catalog } from "./catalog.js";
import type { CertifiedKey } from "./certificate.js";
import { loadKey } from "./keys.js";
import type { Credentials } from "./settings.js";

/** What to offer to a server, in order. */
export interface Authentication {
  readonly username: string;
  readonly methods: readonly AnyAuthMethod[];
  readonly certified?: CertifiedKey | undefined;
  /** For messages: names of the methods, without secrets. */
  readonly description: string;
  readonly agentSocket?: string | undefined;
  /** Somebody has to type, which takes as long as it takes. */
  readonly waitsForPerson: boolean;
  /** Why nobody could answer a question of the server. */
  readonly askFailure: () => Error | undefined;
}

/** Asks the person in front of the build. */
export type Ask = (question: string, options: AskOptions) => Promise<string>;

/**
 * Prepares the methods in Packer's order: agent, keys, password with keyboard-interactive; last what somebody has to
 * answer.
 */
export async function prepareAuthentication(credentials: Credentials, host: Host, ask: Ask): Promise<Authentication> {
  const { username, questionsFrom } = credentials;
  const methods: AnyAuthMethod[] = [];
  const names: string[] = [];
  const agentSocket = host.env["SSH_AUTH_SOCK"] || undefined;
  if (credentials.useAgent) {
    if (agentSocket === undefined) throw buildError(catalog["no-agent"], {});
    methods.push({ type: "agent", username, agent: agentSocket });
    names.push("the agent");
  }
  const key = await loadKey(credentials, host);
  if (key !== undefined) {
    methods.push({ type: "publickey", username, key: key.key as never });
    names.push(key.certified === undefined ? "a private key" : "a certificate");
  }
  const { password } = credentials;
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      // oxlint-disable-next-line max-params -- the library's signature
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)),
    });
    names.push("a password", "keyboard-interactive");
  }
  let failure: Error | undefined;
  if (questionsFrom !== undefined) {
    const prompt = askPerson(ask, questionsFrom, (error) => (failure = error));
    methods.push({ type: "keyboard-interactive", username, prompt });
    names.push("answers to the server's questions");
  }
  if (methods.length === 0) {
    methods.push({ type: "none", username });
    names.push("no credentials");
  }
  return {
    username,
    methods,
    certified: key?.certified,
    description: names.join(", "),
    agentSocket,
    waitsForPerson: questionsFrom !== undefined,
    askFailure: () => failure,
  };
}

/**
 * Passes a server's questions on, one after the other. Each is one line that begins with who asks: the server is not
 * trusted, and the terminal shows no more of it than text.
 */
function askPerson(ask: Ask, from: string, onFailure: (error: Error) => void): KeyboardInteractiveAuthMethod["prompt"] {
  const askAll = async (instructions: string, prompts: readonly Prompt[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      const question = [...(answers.length === 0 ? [instructions] : []), prompt].map(toLine);
      const shown = question.filter((text) => text !== "").join(" ");
      answers.push(await ask(`${from} asks: ${shown}`, { hidden: echo !== true }));
    }
    return answers;
  };
  // oxlint-disable-next-line max-params -- the library's signature
  return (_name, instructions, _language, prompts, answer) => {
    askAll(instructions, prompts).then(answer, (error: Error) => {
      onFailure(error);
      answer([]);
    });
  };
}

function toLine(text: string): string {
  return showControls(text.replace(/\s+/g, " ").trim());
}
