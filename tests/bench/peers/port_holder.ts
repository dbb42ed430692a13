// Holds a port and accepts, and nothing else. Argument: the port.
import { say } from "../../support/say.ts";

const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0]) });
say("ready");
for await (const conn of listener) conn.read(new Uint8Array(1)).catch(() => {});
