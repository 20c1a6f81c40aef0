import type { IncomingMessage, ServerResponse } from "node:http";
import { buildError, createRandom, type BuildError, type Completion } from "@hclbuild/sdk";
import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.js";
import { createDockerCommunicator } from "../../src/communicator/communicator.js";
import { startFakeEngine } from "../fake-engine.js";

const { signal } = new AbortController();
const died = buildError(catalog["container-died"], { container: "it", state: "exited", code: 137 });

interface Behaviour {
  readonly code: number;
  /** Milliseconds until the engine knows the exit code of a command that has ended. */
  readonly slow?: number;
  /** Whether a second command can be started. */
  readonly startsMore?: boolean;
  /** What the engine says when a second command that it has taken is to be started. */
  readonly startFailure?: string;
  readonly windows?: boolean;
  /** How often the engine says that the container runs. */
  readonly running?: number;
}

/** Runs a command on an engine that behaves so. */
async function run(behaviour: Behaviour): Promise<Completion> {
  let commands = 0;
  let ended = Number.POSITIVE_INFINITY;
  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const engine = await startFakeEngine((request: IncomingMessage, response) => {
    request.resume();
    const path = (request.url ?? "").replace(/\?.*$/, "");
    if (path.endsWith("/exec")) {
      commands += 1;
      if (commands === 1 || behaviour.startsMore === true || behaviour.startFailure !== undefined)
        answer(response, 201, { Id: `exec${commands}` });
      else answer(response, 409, { message: "container is not running" });
    } else if (path.endsWith("/start")) {
      ended = performance.now();
      if (commands > 1 && behaviour.startFailure !== undefined) {
        return answer(response, 400, { message: behaviour.startFailure });
      }
      response.writeHead(200).end();
    } else if (performance.now() - ended < (behaviour.slow ?? 0))
      answer(response, 200, { Running: true, ExitCode: null });
    else answer(response, 200, { Running: false, ExitCode: behaviour.code });
  });
  let looks = 0;
  const death = async (): Promise<BuildError | undefined> => {
    looks += 1;
    return looks > (behaviour.running ?? Number.POSITIVE_INFINITY) ? died : undefined;
  };
  const communicator = createDockerCommunicator(engine, {
    containerId: "it",
    pty: false,
    windows: behaviour.windows ?? false,
    fixUploadOwner: false,
    owner: { uid: 0, gid: 0 },
    random: createRandom((length) => new Uint8Array(length)),
    workDir: "/nonexistent",
    death,
    lost: () => died,
  });
  const { done } = await communicator.start({ command: "true" }, signal);
  return done;
}

describe("how a command ended", () => {
  it("is asked for until the engine knows", async () => {
    expect(await run({ code: 3, slow: 1200 })).toEqual({ kind: "exit", code: 3 });
  });

  it("is its exit code, when it was killed alone", async () => {
    expect(await run({ code: 137, startsMore: true })).toEqual({ kind: "exit", code: 137 });
  });

  it.each([
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/sh": stat /bin/sh: no such file or directory: unknown',
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/sh": permission denied: unknown',
  ])("is its exit code at once, when only the shell is missing for another one: %s", async (startFailure) => {
    // The engine would say that the container has died when asked once more.
    expect(await run({ code: 137, startFailure, running: 1 })).toEqual({ kind: "exit", code: 137 });
  });

  it("is the container's death, when the runtime finds it stopped", async () => {
    const startFailure = "OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown";
    await expect(run({ code: 137, startFailure, running: 3 })).rejects.toBe(died);
  });

  // On a busy machine the engine hears of the end of a container long after that of its commands.
  it("is the container's death, when nothing can be started any more", async () => {
    await expect(run({ code: 137, running: 15 })).rejects.toBe(died);
  });
});
