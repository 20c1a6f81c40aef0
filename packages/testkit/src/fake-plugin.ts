import { defineComponent, s, type Infer } from "@hclbuild/schema";
import {
  BuildError,
  createArtifact,
  createNoneCommunicator,
  definePlugin,
  sleep,
  type BuildContext,
  type DataSourceRuntime,
  type EnclosedBuilder,
  type Json,
  type PhasedBuilder,
  type Plugin,
  type PostProcessorRuntime,
  type ProvisionerRuntime,
  type RunContext,
} from "@hclbuild/sdk";

/** What a part of a fake component does, as text in an option: steps separated by spaces, in order. */
const behaviour = s
  .string()
  .default("")
  .doc("Words in order: say:TEXT, wait:MS, fail, fail-once, fail:TEXT, hang, crash, secret-out.");

const machineBody = {
  launch: behaviour,
  capture: behaviour,
  teardown: behaviour,
  artifact: s.bool().default(true),
  password: s.string().sensitive(),
  tags: s.map(s.string()),
};

const fakeBuilder = defineComponent({
  kind: "builder",
  name: "fake",
  since: "0.1.0",
  summary: "A machine that exists only in a test's trace.",
  body: machineBody,
  output: { Serial: s.string() },
});

const fakeEnclosedBuilder = defineComponent({
  kind: "builder",
  name: "fake-enclosed",
  since: "0.1.0",
  summary: "The same as one call, as builders in plugin processes are.",
  body: machineBody,
  output: { Serial: s.string() },
});

const fakeProvisioner = defineComponent({
  kind: "provisioner",
  name: "fake",
  since: "0.1.0",
  summary: "A step that does what its option says.",
  body: { do: behaviour, text: s.string(), password: s.string().sensitive() },
});

const fakePostProcessor = defineComponent({
  kind: "post-processor",
  name: "fake",
  since: "0.1.0",
  summary: "A post-processor whose result is told by its options.",
  body: {
    do: behaviour,
    result: s.string().enum(["new", "same", "none"]).default("new"),
    keep: s.bool().default(false),
    forced: s.bool().default(false),
    text: s.string(),
  },
});

const fakeDataSource = defineComponent({
  kind: "data-source",
  name: "fake",
  since: "0.1.0",
  summary: "A data source that gives back its input.",
  body: { do: behaviour, input: s.string().default("") },
  output: { output: s.string(), secret: s.string().sensitive() },
});

type MachineConfig = Infer<typeof fakeBuilder>;

/** A plugin for tests, and the trace of what its components did. */
export interface FakePlugin {
  readonly plugin: Plugin;
  /** Lines such as `launch a`, `step a/1`, `destroy a`: in the order in which they happened. */
  readonly trace: string[];
  /** Resources that exist: machines and artifacts. */
  readonly alive: Set<string>;
}

/** Makes the plugin `example.test/fake/fake`. */
export function createFakePlugin(): FakePlugin {
  const trace: string[] = [];
  const alive = new Set<string>();
  const failedOnce = new Set<string>();
  const act: Act = (context, what, words) => perform({ context, what, words, trace, failedOnce });
  const machines = machineBuilder({ trace, alive, act });
  const plugin = definePlugin({
    name: "fake",
    source: "example.test/fake/fake",
    version: "1.0.0",
    apiVersion: 1,
    components: [
      { schema: fakeBuilder, load: async () => ({ runtime: machines.phased }) },
      { schema: fakeEnclosedBuilder, load: async () => ({ runtime: machines.enclosed }) },
      { schema: fakeProvisioner, load: async () => ({ runtime: provisioner(act) }) },
      { schema: fakePostProcessor, load: async () => ({ runtime: postProcessor({ alive, trace, act }) }) },
      { schema: fakeDataSource, load: async () => ({ runtime: dataSource(act) }) },
    ],
  });
  return { plugin, trace, alive };
}

type Act = (context: RunContext, what: string, words: string) => Promise<void>;

interface Performance {
  readonly context: RunContext;
  readonly what: string;
  readonly words: string;
  readonly trace: string[];
  readonly failedOnce: Set<string>;
}

async function perform({ context, what, words, trace, failedOnce }: Performance): Promise<void> {
  trace.push(what);
  for (const word of words.split(" ").filter((part) => part !== "")) {
    const [verb = "", argument = ""] = word.split(/:(.*)/s);
    switch (verb) {
      case "say":
        context.ui.say(argument);
        break;
      case "wait":
        await sleep(context.clock, Number(argument), context.signal);
        break;
      case "hang":
        await sleep(context.clock, 1e15, context.signal);
        break;
      case "fail-once":
        if (failedOnce.has(what)) break;
        failedOnce.add(what);
        throw failure(`${what} failed`);
      case "fail":
        throw failure(argument === "" ? `${what} failed` : argument);
      case "crash":
        throw new TypeError(`${what} crashed`);
      default:
        throw new TypeError(`unknown word ${word}`);
    }
  }
}

function failure(message: string): BuildError {
  return new BuildError(message, { code: "fake/failed", hint: "Nothing can be done about a fake." });
}

interface Traced {
  readonly trace: string[];
  readonly alive: Set<string>;
  readonly act: Act;
}

function machineBuilder({ trace, alive, act }: Traced): {
  readonly phased: PhasedBuilder<MachineConfig>;
  readonly enclosed: EnclosedBuilder<MachineConfig>;
} {
  const launch: PhasedBuilder<MachineConfig>["launch"] = async (context, config) => {
    const { name } = context.build;
    await start(context, name, config);
    await act(context, `launch ${name}`, config.launch);
    const connect = createNoneCommunicator({ transfers: "ignored" });
    return { output: { ID: `id-${name}`, Serial: `serial-${name}`, Password: config.password ?? "" }, connect };
  };
  const start = async (context: BuildContext, name: string, config: MachineConfig): Promise<void> => {
    const entry = await context.ledger.intend({ resource: "machine", name: `machine-${name}` });
    alive.add(`machine ${name}`);
    await entry.created(`id-${name}`);
    context.scope.defer(`machine ${name}`, async (signal) => {
      trace.push(`teardown ${name}`);
      if (config.teardown.includes("fail")) throw failure(`teardown ${name} failed`);
      if (config.teardown.includes("hang")) await sleep(context.clock, 1e15, signal);
      alive.delete(`machine ${name}`);
      await entry.released();
    });
  };
  const capture: PhasedBuilder<MachineConfig>["capture"] = async (context, _machine, config) => {
    const { name } = context.build;
    await act(context, `capture ${name}`, config.capture);
    return config.artifact ? makeArtifact({ trace, alive }, `image ${name}`) : undefined;
  };
  const phased: PhasedBuilder<MachineConfig> = { form: "phased", launch, capture };
  const enclosed: EnclosedBuilder<MachineConfig> = {
    form: "enclosed",
    honours: new Set(),
    async run(context, config, hooks) {
      const machine = await launch(context, config);
      const access = { communicator: createNoneCommunicator({ transfers: "ignored" }), data: machine.output };
      try {
        await hooks.provision(access);
      } catch (error) {
        await hooks.cleanupProvision(access);
        throw error;
      }
      return await capture(context, machine, config);
    },
  };
  return { phased, enclosed };
}

function makeArtifact({ trace, alive }: Omit<Traced, "act">, name: string) {
  alive.add(name);
  return createArtifact(
    { builderId: "fake.builder", id: name, description: `A fake ${name}`, files: [] },
    {
      destroy: async () => {
        trace.push(`destroy ${name}`);
        alive.delete(name);
      },
    },
  );
}

function provisioner(act: Act): ProvisionerRuntime<Infer<typeof fakeProvisioner>> {
  return {
    async provision(context, config) {
      if (config.text !== undefined) context.ui.say(config.text);
      await act(context, `step ${context.build.name}`, config.do);
    },
  };
}

function postProcessor({ alive, trace, act }: Traced): PostProcessorRuntime<Infer<typeof fakePostProcessor>> {
  return {
    async process(context, input, config) {
      if (config.text !== undefined) context.ui.say(config.text);
      await act(context, `post ${context.build.name}`, config.do);
      const { keep: keepInput, forced } = config;
      if (config.result === "none") return { keepInput, forced };
      const artifact = config.result === "same" ? input : makeArtifact({ trace, alive }, `${input.describe().id}+`);
      return { artifact, keepInput, forced };
    },
  };
}

function dataSource(act: Act): DataSourceRuntime<Infer<typeof fakeDataSource>, Record<string, Json>> {
  return {
    async read(context, config) {
      await act(context, `read ${config.input}`, config.do);
      return { output: config.input, secret: `secret-of-${config.input}` };
    },
  };
}
