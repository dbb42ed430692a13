// Reads the secret at the path given, as soon as a byte comes in, and writes it out in hex. Started
// by tests, many at once.
import { readSecret } from "../../lib/member/secret.ts";
import { SeededRandom } from "./seeded.ts";

const random = new SeededRandom(Deno.pid);
await Deno.stdout.write(new TextEncoder().encode("r"));
await Deno.stdin.read(new Uint8Array(1));
const secret = readSecret(Deno.args[0]!, random);
const hex = [...secret].map((byte) => byte.toString(16).padStart(2, "0")).join("");
await Deno.stdout.write(new TextEncoder().encode(hex));
