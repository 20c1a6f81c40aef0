import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSshServer, type SshServer } from "../../integration/ssh/server.js";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, type Timing } from "./paired.js";
import { watchTree } from "./process-tree.js";

const megabytes = 512;
const fileCount = 2000;
const fileSize = 2000;

/** One way of doing a task. */
interface Way {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Task {
  readonly name: string;
  /** The first one is ours. */
  readonly ways: readonly Way[];
  /** Largest ratio of our time to another way's. */
  readonly must?: Readonly<Record<string, number>>;
  readonly target?: Readonly<Record<string, number>>;
}

/** Transfers over SSH beside scp, sftp and Packer, interleaved. The arguments: rounds, part of a task's name. */
export async function run(args: readonly string[]): Promise<number> {
  const rounds = Number(args[0] ?? 3);
  const server = await startSshServer();
  // In memory where that is possible: a slow disk would hide the difference.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hclbuild-bench-"));
  try {
    prepareFiles(folder);
    let code = 0;
    const tasks = tasksOf(server, folder).filter((task) => task.name.includes(args[1] ?? ""));
    for (const task of tasks) code = Math.max(code, await measure(task, folder, rounds));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  }
}

function prepareFiles(folder: string): void {
  execFileSync("dd", ["if=/dev/urandom", `of=${folder}/big.bin`, "bs=1M", `count=${megabytes}`], { stdio: "ignore" });
  mkdirSync(join(folder, "many"));
  const content = Buffer.alloc(fileSize, "x");
  for (let n = 0; n < fileCount; n++) writeFileSync(join(folder, "many", `file-${n}.txt`), content);
}

function tasksOf(server: SshServer, folder: string): readonly Task[] {
  const options = [
    ["-i", server.keyFile, "-q", "-o", "StrictHostKeyChecking=no"],
    ["-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes"],
  ].flat();
  const scp = ["scp", ...options, "-P", String(server.port)];
  const host = "root@127.0.0.1";
  const sftp = (line: string): readonly string[] => {
    const file = join(folder, `sftp-${line.split(" ")[0]}`);
    writeFileSync(file, `${line}\n`);
    return ["sftp", ...options, "-P", String(server.port), "-b", file, host];
  };
  const built = (name: string, provisioner: string): readonly Way[] => {
    const file = join(folder, `${name}.pkr.hcl`);
    writeFileSync(file, templateOf(server, provisioner));
    const ours = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
    const env = {
      CHECKPOINT_DISABLE: "1",
      HOME: folder,
      PACKER_CONFIG_DIR: folder,
      HCLBUILD_STATE_DIR: join(folder, "state"),
    };
    return [
      { name: "hclbuild", command: [process.execPath, ours, "build", file], env },
      { name: "packer", command: ["packer", "build", file], env },
    ];
  };
  const large = { must: { packer: 0.5 }, target: { scp: 1 / 0.8 } };
  return [
    {
      name: `${megabytes} MB up`,
      ways: [
        ...built("up", `source = "${folder}/big.bin"\ndestination = "${folder}/up.bin"`),
        { name: "scp", command: [...scp, `${folder}/big.bin`, `${host}:${folder}/up.bin`] },
        { name: "sftp", command: sftp(`put ${folder}/big.bin ${folder}/up.bin`) },
      ],
      ...large,
    },
    {
      name: `${megabytes} MB down`,
      ways: [
        ...built("down", `direction = "download"\nsource = "${folder}/big.bin"\ndestination = "${folder}/down.bin"`),
        { name: "scp", command: [...scp, `${host}:${folder}/big.bin`, `${folder}/down.bin`] },
        { name: "sftp", command: sftp(`get ${folder}/big.bin ${folder}/down.bin`) },
      ],
      ...large,
    },
    {
      name: `${fileCount} files of ${fileSize} bytes up`,
      ways: [
        ...built("many", `source = "${folder}/many"\ndestination = "${folder}/target/"`),
        { name: "scp", command: [...scp, "-r", `${folder}/many`, `${host}:${folder}/target/`] },
      ],
      target: { packer: 0.7 },
    },
  ];
}

function templateOf(server: SshServer, provisioner: string): string {
  return `
source "null" "x" {
  ssh_host             = "127.0.0.1"
  ssh_port             = ${server.port}
  ssh_username         = "root"
  ssh_private_key_file = "${server.keyFile}"
}
build {
  sources = ["source.null.x"]
  provisioner "file" {
    ${provisioner.replaceAll("\n", "\n    ")}
  }
}
`;
}

async function measure(task: Task, folder: string, rounds: number): Promise<number> {
  const timings = task.ways.map(({ name }): { name: string; times: number[] } => ({ name, times: [] }));
  const memory = new Map<string, number>();
  const processor = new Map<string, readonly number[]>();
  for (let round = -1; round < rounds; round++) {
    for (let step = 0; step < task.ways.length; step++) {
      const index = (step + round + task.ways.length) % task.ways.length;
      const way = task.ways[index] as Way;
      for (const name of ["up.bin", "down.bin", "target"]) rmSync(join(folder, name), { recursive: true, force: true });
      mkdirSync(join(folder, "target"));
      const { milliseconds, peakMemory, cpuSeconds } = await runOnce(way, folder);
      if (round >= 0) timings[index]?.times.push(milliseconds);
      if (round >= 0) processor.set(way.name, [...(processor.get(way.name) ?? []), cpuSeconds]);
      memory.set(way.name, Math.max(memory.get(way.name) ?? 0, peakMemory));
    }
  }
  console.log(`\n${task.name}`);
  const [ours] = timings;
  let code = 0;
  for (const timing of timings) {
    const seconds = (median(timing.times) / 1000).toFixed(2);
    const megabytesUsed = Math.round((memory.get(timing.name) ?? 0) / 1e6);
    const ratio = pairedRatio(ours as Timing, timing);
    const limits = [
      ["must", task.must?.[timing.name]],
      ["target", task.target?.[timing.name]],
    ] as const;
    const verdicts = limits.map(([word, limit]) =>
      limit === undefined ? "" : `  ${word} <= ${limit}: ${ratio <= limit ? "met" : "MISSED"}`,
    );
    if (task.must?.[timing.name] !== undefined && ratio > (task.must[timing.name] ?? 0)) code = 1;
    const text = timing === ours ? "" : `  ours takes ${ratio.toFixed(2)} x its time`;
    const cpu = median(processor.get(timing.name) ?? []).toFixed(2);
    const figures = `${seconds.padStart(8)} s ${cpu.padStart(6)} s CPU ${String(megabytesUsed).padStart(5)} MB`;
    console.log(`  ${timing.name.padEnd(10)}${figures}${text}${verdicts.join("")}`);
  }
  if ((memory.get("hclbuild") ?? 0) > 200e6) {
    console.log("  must use less than 200 MB: MISSED");
    code = 1;
  }
  return code;
}

async function runOnce(
  { command, env }: Way,
  folder: string,
): Promise<{ milliseconds: number; peakMemory: number; cpuSeconds: number }> {
  const [program = "", ...args] = command;
  const log = join(folder, "log");
  const started = performance.now();
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const tree = watchTree(child.pid ?? 0);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const milliseconds = performance.now() - started;
  writeFileSync(log, output);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${readFileSync(log, "utf8")}`);
  return { milliseconds, peakMemory: tree.stop(), cpuSeconds: tree.cpuSeconds() };
}
