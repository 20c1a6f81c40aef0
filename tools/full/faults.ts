import { countEvents, signals, tryKill } from "../../integration/faults/kill-at-event.js";
import { localTemplate, sshTemplate, startFaultServer } from "../../integration/faults/templates.js";

/** Kills builds with every signal at every event. Arguments: part of a template's name, to try only those. */
export async function run(args: readonly string[]): Promise<number> {
  const server = await startFaultServer();
  let wrong = 0;
  let tried = 0;
  try {
    for (const template of [localTemplate, sshTemplate(server)]) {
      if (!args.every((word) => template.name.includes(word))) continue;
      const count = await countEvents(template);
      console.log(`${template.name}: ${count} events`);
      for (const signal of signals) {
        // Some more than usual: the number of events varies a little with the machine's load.
        for (let n = 1; n <= count + 2; n++) {
          const { reached, problems } = await tryKill(template, { n, signal });
          if (reached) tried += 1;
          wrong += problems.length;
          for (const problem of problems) console.log(`  ${signal} at event ${n}: ${problem}`);
        }
        console.log(`  ${signal}: done`);
      }
    }
  } finally {
    await server.stop();
  }
  console.log(`${tried} runs killed, ${wrong} problem(s)`);
  return wrong === 0 ? 0 : 1;
}
