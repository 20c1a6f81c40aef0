import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { captureCommand } from "../command.js";
import type { Communicator } from "../communicator.js";
import { BuildError } from "../errors.js";

/** A communicator under test. */
export interface CommunicatorSubject {
  readonly communicator: Communicator;
  /** An empty folder on the machine; the suite works below it. */
  readonly root: string;
}

/** One promise that every communicator keeps. */
export interface CommunicatorCase {
  readonly name: string;
  run(subject: CommunicatorSubject): Promise<void>;
}

const never = new AbortController().signal;

/**
 * What every communicator to a machine with a POSIX shell must do. Run each case with a fresh `root`:
 * `for (const contract of communicatorContract) it(contract.name, () => contract.run(subject))`.
 */
export const communicatorContract: readonly CommunicatorCase[] = [
  {
    name: "runs a command and keeps its streams apart",
    async run({ communicator }) {
      const { completion, stdout, stderr } = await captureCommand(
        communicator,
        { command: "echo out; echo err >&2" },
        never,
      );
      deepEqual(
        { completion, stdout, stderr },
        { completion: { kind: "exit", code: 0 }, stdout: "out\n", stderr: "err\n" },
      );
    },
  },
  {
    name: "reports exit codes",
    async run({ communicator }) {
      const { completion } = await captureCommand(communicator, { command: "exit 7" }, never);
      deepEqual(completion, { kind: "exit", code: 7 });
    },
  },
  {
    name: "reports the end by a signal, as a signal or as a shell does",
    async run({ communicator }) {
      const { completion } = await captureCommand(communicator, { command: "kill -9 $$" }, never);
      ok(
        (completion.kind === "signal" && completion.name.endsWith("KILL")) ||
          (completion.kind === "exit" && completion.code === 137),
        JSON.stringify(completion),
      );
    },
  },
  {
    name: "passes standard input and its end",
    async run({ communicator }) {
      const stdin = Readable.from([Buffer.from("one\n"), Buffer.from("two\n")]);
      const { stdout } = await captureCommand(communicator, { command: "cat; echo end", stdin }, never);
      equal(stdout, "one\ntwo\nend\n");
    },
  },
  {
    name: "delivers all of a large output, in order and byte for byte",
    async run({ communicator }) {
      const hash = createHash("sha256");
      let size = 0;
      const stdout = new Writable({
        write(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          size += chunk.length;
          done();
        },
      });
      const running = await communicator.start({ command: "seq 1 1000000", stdout }, never);
      deepEqual(await running.done, { kind: "exit", code: 0 });
      const expected = createHash("sha256");
      for (let count = 1; count <= 1_000_000; count += 1) expected.update(`${count}\n`);
      deepEqual({ size, digest: hash.digest("hex") }, { size: 6_888_896, digest: expected.digest("hex") });
    },
  },
  {
    name: "shows output while the command runs",
    async run({ communicator }) {
      const stdout = new PassThrough();
      const stdin = new PassThrough();
      const running = await communicator.start({ command: "echo ready; read x; echo got $x", stdin, stdout }, never);
      const first = await new Promise<string>((resolve) =>
        stdout.once("data", (chunk: Buffer) => resolve(chunk.toString("utf8"))),
      );
      equal(first, "ready\n");
      stdin.end("it\n");
      const rest: Buffer[] = [];
      stdout.on("data", (chunk: Buffer) => rest.push(chunk));
      await running.done;
      equal(Buffer.concat(rest).toString("utf8"), "got it\n");
    },
  },
  {
    name: "runs commands side by side",
    async run({ communicator, root }) {
      const first = captureCommand(
        communicator,
        { command: `while [ ! -e ${root}/go ]; do sleep 0.05; done; echo first` },
        never,
      );
      const second = await captureCommand(communicator, { command: `touch ${root}/go; echo second` }, never);
      deepEqual([(await first).stdout, second.stdout], ["first\n", "second\n"]);
    },
  },
  {
    name: "stops waiting for a command when it is cancelled, and ends it where it can",
    async run({ communicator, root }) {
      const controller = new AbortController();
      const running = await communicator.start({ command: `echo $$ > ${root}/pid; exec sleep 60` }, controller.signal);
      const read = async (): Promise<string> =>
        (await captureCommand(communicator, { command: `cat ${root}/pid` }, never)).stdout;
      await until(async () => (await read()).trim() !== "");
      controller.abort("stop");
      await rejects(running.done, (reason) => reason === "stop");
      if (!communicator.capabilities.has("kill")) return;
      const alive = `kill -0 $(cat ${root}/pid) 2>/dev/null && echo alive || echo gone`;
      await until(async () => (await captureCommand(communicator, { command: alive }, never)).stdout === "gone\n");
    },
  },
  {
    name: "ends what a cancelled command started as well, even when it does not listen, and nothing else",
    async run({ communicator, root }) {
      if (!communicator.capabilities.has("kill")) return;
      const controller = new AbortController();
      const others = new AbortController();
      const other = (name: string) =>
        captureCommand(communicator, { command: `echo $$ > ${root}/${name}; sleep 60 & wait` }, others.signal);
      const text = async (command: string): Promise<string> =>
        (await captureCommand(communicator, { command }, never)).stdout;
      const before = other("before");
      await until(async () => (await text(`cat ${root}/before 2>/dev/null`)) !== "");
      const deaf = `(trap "" TERM; echo started > ${root}/deaf; while :; do sleep 1; done) & echo $! > ${root}/child; wait`;
      const running = await communicator.start({ command: deaf }, controller.signal);
      await until(async () => (await text(`cat ${root}/deaf ${root}/child 2>/dev/null`)).split("\n").length === 3);
      const after = other("after");
      await until(async () => (await text(`cat ${root}/after 2>/dev/null`)) !== "");
      controller.abort("stop");
      await rejects(running.done, (reason) => reason === "stop");
      // A process that nobody waits for, as in many containers, keeps its number after its end.
      const test = 'kill -0 $p && ! grep -q "^State:.Z" /proc/$p/status';
      const alive = (name: string) =>
        text(`p=$(cat ${root}/${name}); (${test}) 2>/dev/null && echo alive || echo gone`);
      await until(async () => (await alive("child")) === "gone\n");
      deepEqual([await alive("before"), await alive("after")], ["alive\n", "alive\n"]);
      const ends = [before, after].map((rest) => rejects(rest, (reason) => reason === "done"));
      others.abort("done");
      await Promise.all(ends);
      await until(async () => (await alive("before")) === "gone\n" && (await alive("after")) === "gone\n");
    },
  },
  {
    name: "starts nothing when it is cancelled already",
    async run({ communicator, root }) {
      await rejects(
        communicator.start({ command: `touch ${root}/made` }, AbortSignal.abort("stop")),
        (reason) => reason === "stop",
      );
      const { stdout } = await captureCommand(communicator, { command: `ls ${root}` }, never);
      equal(stdout, "");
    },
  },
  {
    name: "uploads a file with its mode, replacing another one",
    async run({ communicator, root }) {
      const content = randomBytes(300_000);
      for (const data of [Buffer.from("something longer".repeat(40_000)), content]) {
        await communicator.uploadFile(Readable.from([data]), `${root}/f`, {
          signal: never,
          size: data.length,
          mode: 0o750,
        });
      }
      const command = `sha256sum < ${root}/f; stat -c %a ${root}/f`;
      const { stdout } = await captureCommand(communicator, { command }, never);
      equal(stdout, `${createHash("sha256").update(content).digest("hex")}  -\n750\n`);
    },
  },
  {
    name: "uploads a file of unknown size, and an empty one",
    async run({ communicator, root }) {
      await communicator.uploadFile(Readable.from([Buffer.from("a"), Buffer.from("b")]), `${root}/two`, {
        signal: never,
      });
      await communicator.uploadFile(Readable.from([]), `${root}/none`, { signal: never });
      const { stdout } = await captureCommand(communicator, { command: `cd ${root}; cat two; wc -c < none` }, never);
      equal(stdout.replaceAll(" ", ""), "ab0\n");
    },
  },
  {
    name: "keeps odd file names as they are",
    async run({ communicator, root }) {
      const name = `${root}/it's a "file" $HOME;*.txt`;
      await communicator.uploadFile(Readable.from([Buffer.from("odd")]), name, { signal: never, size: 3 });
      equal((await download(communicator, name)).toString("utf8"), "odd");
    },
  },
  {
    name: "fails with a coded error where a file cannot go, and where none is",
    async run({ communicator, root }) {
      const upload = communicator.uploadFile(Readable.from([Buffer.from("x")]), `${root}/no/such/f`, {
        signal: never,
        size: 1,
      });
      await rejects(upload, BuildError);
      await rejects(download(communicator, `${root}/missing`), BuildError);
    },
  },
  {
    name: "downloads what was uploaded",
    async run({ communicator, root }) {
      const content = randomBytes(1_500_000);
      await communicator.uploadFile(Readable.from([content]), `${root}/f`, { signal: never, size: content.length });
      ok((await download(communicator, `${root}/f`)).equals(content));
    },
  },
  {
    name: "copies directories both ways, with modes, links and empty folders",
    async run({ communicator, root }) {
      const local = await mkdtemp(path.join(tmpdir(), "contract-"));
      try {
        await makeTree(path.join(local, "from"));
        await communicator.uploadDirectory(path.join(local, "from"), `${root}/tree`, {
          signal: never,
          exclude: ["skip", "sub/no"],
        });
        const { stdout } = await captureCommand(
          communicator,
          { command: `cd ${root}/tree && find . -type f | sort && stat -c %a run.sh && ls -d empty` },
          never,
        );
        equal(stdout, "./run.sh\n./sub/deep/b\n755\nempty\n");
        await communicator.downloadDirectory(`${root}/tree`, path.join(local, "back"), { signal: never });
        equal(await readFile(path.join(local, "back/sub/deep/b"), "utf8"), "b");
        equal((await stat(path.join(local, "back/run.sh"))).mode & 0o777, 0o755);
        deepEqual((await readdir(path.join(local, "back"))).toSorted(), ["empty", "run.sh", "sub"]);
      } finally {
        await rm(local, { recursive: true, force: true });
      }
    },
  },
  {
    name: "adds to a directory that is there already",
    async run({ communicator, root }) {
      const local = await mkdtemp(path.join(tmpdir(), "contract-"));
      try {
        await writeFile(path.join(local, "new"), "new");
        await captureCommand(
          communicator,
          { command: `mkdir ${root}/d; echo old > ${root}/d/old; echo x > ${root}/d/new` },
          never,
        );
        await communicator.uploadDirectory(local, `${root}/d`, { signal: never });
        const { stdout } = await captureCommand(communicator, { command: `cd ${root}/d; cat new old` }, never);
        equal(stdout, "newold\n");
      } finally {
        await rm(local, { recursive: true, force: true });
      }
    },
  },
  {
    name: "stops a transfer when it is cancelled",
    async run({ communicator, root }) {
      const controller = new AbortController();
      let pieces = 0;
      const endless = new Readable({
        read() {
          pieces += 1;
          if (pieces === 20) controller.abort("stop");
          setImmediate(() => this.push(Buffer.alloc(65_536)));
        },
      });
      await rejects(
        communicator.uploadFile(endless, `${root}/endless`, { signal: controller.signal }),
        (reason) => reason === "stop",
      );
      endless.destroy();
    },
  },
];

async function makeTree(folder: string): Promise<void> {
  await mkdir(path.join(folder, "sub/deep"), { recursive: true });
  await mkdir(path.join(folder, "sub/no"), { recursive: true });
  await mkdir(path.join(folder, "empty"));
  await mkdir(path.join(folder, "skip"));
  await writeFile(path.join(folder, "run.sh"), "#!/bin/sh\n");
  await chmod(path.join(folder, "run.sh"), 0o755);
  await writeFile(path.join(folder, "sub/deep/b"), "b");
  await writeFile(path.join(folder, "sub/no/c"), "c");
  await writeFile(path.join(folder, "skip/d"), "d");
}

async function download(communicator: Communicator, remote: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const content = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await communicator.downloadFile(remote, content, { signal: never });
  return Buffer.concat(chunks);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the condition did not come true");
}
