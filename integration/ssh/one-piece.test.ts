import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import ssh2 from "ssh2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectTo, runOn, testRun } from "./connect.js";

/** A server that sends all that belongs to a command in one piece: that it has started, its output, and its end. */
let server: InstanceType<typeof ssh2.Server>;
beforeAll(async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const hostKey = privateKey.export({ type: "pkcs1", format: "pem" });
  server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    const socket = (client as unknown as { readonly _sock: Socket })._sock;
    client.on("error", () => undefined);
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) => {
      accept().on("exec", (acceptCommand) => {
        socket.cork();
        const channel = acceptCommand();
        channel.write("hello\n");
        channel.exit(3);
        channel.end();
        setTimeout(() => socket.uncork(), 50);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});

it("a command whose start and end come together still tells how it ended", async () => {
  const communicator = await connectTo(testRun(), {
    ssh_port: (server.address() as AddressInfo).port,
    ssh_password: "secret",
  });
  try {
    const { end, stdout } = await runOn(communicator, "anything");
    expect({ end, stdout }).toEqual({ end: { kind: "exit", code: 3 }, stdout: "hello\n" });
  } finally {
    await communicator[Symbol.asyncDispose]();
  }
});
