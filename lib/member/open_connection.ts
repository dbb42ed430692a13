import {
  answerBytes,
  callerProof,
  commonVersion,
  decodeHello,
  encodeAnswer,
  encodeHello,
  equalBytes,
  helloBytes,
  nonceBytes,
  ourVersions,
  proofBytes,
  startsLikeUs,
  verifyAnswer,
} from "../core/handshake.ts";
import type { BrokerAnswer, Mac, VersionRange } from "../core/handshake.ts";
import type { Random } from "../core/clock.ts";

export interface Credentials {
  readonly mac: Mac;
  readonly random: Random;
  /** The protocol versions to speak, where they are not those of this build. */
  readonly versions?: VersionRange;
}

/** How a caller's opening ended. The connection stays open only where it was answered. */
export type Opening =
  | { readonly kind: "answered"; readonly answer: BrokerAnswer }
  | { readonly kind: "version"; readonly answer: BrokerAnswer }
  /** Who listens is not our broker. */
  | { readonly kind: "foreign"; readonly what: string }
  /** It closed before it said a word: it is going, or it wants nothing of us. */
  | { readonly kind: "closed" };

/** The caller's side of the handshake with who listens on `port`. */
export async function openAsCaller(
  conn: Deno.Conn,
  port: number,
  { mac, random, versions = ourVersions }: Credentials,
): Promise<Opening> {
  const hello = encodeHello(versions, random.bytes(nonceBytes));
  await writeAll(conn, hello);
  const goesOn = (said: Uint8Array) => startsLikeUs(said) && !isEcho(said, hello);
  const bytes = await readExactly(conn, answerBytes, goesOn);
  if (bytes.length === 0) return { kind: "closed" };
  if (!goesOn(bytes)) return { kind: "foreign", what: "another program" };
  if (bytes.length < answerBytes) return { kind: "closed" };
  // Made beside the check, so that it takes no time of its own; it leaves only after the check.
  const proof = callerProof(hello, bytes, mac);
  const answer = await verifyAnswer(hello, bytes, port, mac);
  if (answer === undefined) {
    return { kind: "foreign", what: "a bus of another user, or with another HUSTINGS_HOME" };
  }
  if (answer.version === 0) return { kind: "version", answer };
  await writeAll(conn, new Uint8Array(await proof));
  return { kind: "answered", answer };
}

/** Who called: a member that holds the secret and speaks a version of ours, or somebody else, with what it said. */
export type Caller =
  | { readonly kind: "member" }
  | { readonly kind: "stranger"; readonly said: Uint8Array<ArrayBuffer> };

/** The broker's side. To a caller that does not open as a member nothing is said. */
export async function openAsBroker(
  conn: Deno.Conn,
  self: { readonly port: number; readonly epoch: number },
  { mac, random, versions = ourVersions }: Credentials,
): Promise<Caller> {
  const hello = await readExactly(conn, helloBytes);
  const stranger = { kind: "stranger", said: hello } as const;
  if (hello.length < helloBytes || !startsLikeUs(hello)) return stranger;
  const version = commonVersion(versions, decodeHello(hello));
  const facts = { version, versions, port: self.port, epoch: self.epoch };
  const answer = await encodeAnswer(hello, facts, random.bytes(nonceBytes), mac);
  // What the caller has to prove is worked out while the answer is on its way.
  const expected = callerProof(hello, answer, mac);
  await writeAll(conn, answer);
  if (version === 0) return stranger;
  const proof = await readExactly(conn, proofBytes, () => true);
  return equalBytes(proof, await expected) ? { kind: "member" } : stranger;
}

/** An echo begins as an answer does, and would be taken for a broker that stopped in the middle of it. */
function isEcho(said: Uint8Array, hello: Uint8Array): boolean {
  return said.length >= helloBytes && equalBytes(said.subarray(0, helloBytes), hello);
}

/** Reads `length` bytes and none more; fewer when the peer closed, or said what `goesOn` refuses. */
async function readExactly(
  conn: Deno.Conn,
  length: number,
  goesOn: (bytes: Uint8Array) => boolean = startsLikeUs,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await conn.read(bytes.subarray(filled)).catch(resetAsEnd);
    if (count === null) break;
    filled += count;
    if (!goesOn(bytes.subarray(0, filled))) break;
  }
  return bytes.slice(0, filled);
}

function resetAsEnd(error: unknown): null {
  if (error instanceof Deno.errors.ConnectionReset) return null;
  throw error;
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
