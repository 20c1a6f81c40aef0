import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { expect, it } from "vitest";
import { connectTo, testRun } from "./connect.js";

it("a connection is closed when its login cannot even be prepared", async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const opened = once(server, "connection") as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  try {
    const refused = connectTo(testRun(), { ssh_port: port, ssh_private_key_file: "/missing/key" });
    await expect(refused).rejects.toThrow();
    const [socket] = await opened;
    socket.resume();
    if (!socket.readableEnded) await once(socket, "end");
    expect(socket.readableEnded).toBe(true);
  } finally {
    server.close();
  }
}, 10_000);
