import { HustingsProcess } from "./hustings_process.ts";
import { McpClient } from "./mcp_client.ts";

/** Two agents, `bob` and `rob`, on a bus of their own; `prepare` comes before them. */
export async function agentPair(prepare: (bus: HustingsProcess) => void = () => {}) {
  const bus = await HustingsProcess.create();
  prepare(bus);
  const bob = await McpClient.start(bus, { name: "bob" });
  const rob = await McpClient.start(bus, { name: "rob" });
  // A client is told that it is connected before its agent is known to the others.
  await Promise.all([bob.call("list"), rob.call("list")]);
  return {
    bus,
    bob,
    rob,
    async [Symbol.asyncDispose]() {
      await Promise.all([bob[Symbol.asyncDispose](), rob[Symbol.asyncDispose]()]);
      await bus[Symbol.asyncDispose]();
    },
  };
}
