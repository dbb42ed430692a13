// A script that asks for its messages, reads only so many bytes of the answer, and says that it is ready
// to be killed: `deaf_script.ts PORT BYTES REQUEST`.
const [port, bytes, request] = Deno.args as [string, string, string];
const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
await conn.write(new TextEncoder().encode(request));
if (bytes !== "0") await conn.read(new Uint8Array(Number(bytes)));
await Deno.stdout.write(new TextEncoder().encode("ready\n"));
await new Promise(() => setTimeout(() => {}, 600_000));
