import { HustingsError } from "./errors.ts";

/**
 * The opening of a connection: mutual proof that both sides hold the user's secret, before anything
 * is parsed. The order is that of Tor's SAFECOOKIE (control-spec, "AUTHCHALLENGE"): the side that
 * was called proves itself first, so that an impostor on the port learns nothing but a nonce.
 *
 *   caller → broker   magic 8 · oldest version 1 · newest version 1 · nonce 32
 *   broker → caller   magic 8 · version 1 · oldest 1 · newest 1 · port 2 · epoch 8 · nonce 32 · proof 32
 *   caller → broker   proof 32
 *
 * A proof is HMAC-SHA-256 with the secret over its label ("broker" or "client") and everything that
 * was said in clear; distinct labels keep one from being reflected as the other, and the port in it
 * keeps one from being relayed from another port. Version 0 in the answer means "none in common".
 */

/** No text protocol begins with these: neither HTTP, TLS (0x16) nor JSON. */
export const magic = Uint8Array.of(0xe8, 0x48, 0x55, 0x53, 0x54, 0x0d, 0x0a, 0x9c);
export const nonceBytes = 32;
export const proofBytes = 32;
export const helloBytes = magic.length + 2 + nonceBytes;
const answerClearBytes = magic.length + 3 + 2 + 8 + nonceBytes;
export const answerBytes = answerClearBytes + proofBytes;

/** The protocol versions that this build speaks. */
export interface VersionRange {
  readonly oldest: number;
  readonly newest: number;
}
export const ourVersions: VersionRange = { oldest: 1, newest: 1 };

/** HMAC-SHA-256 with the user's secret; passed in, so that the core holds no key. */
export type Mac = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** What the broker says of itself; the caller may trust it once the proof fits. */
export interface BrokerAnswer {
  readonly version: number;
  readonly versions: VersionRange;
  readonly port: number;
  readonly epoch: number;
}

/** The newest version in both ranges, or 0 when there is none. */
export function commonVersion(a: VersionRange, b: VersionRange): number {
  const newest = Math.min(a.newest, b.newest);
  return newest >= Math.max(a.oldest, b.oldest) ? newest : 0;
}

/** The caller's first bytes. `nonce` is 32 fresh random bytes. */
export function encodeHello(versions: VersionRange, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(magic, Uint8Array.of(versions.oldest, versions.newest), nonce);
}

/** True as long as `bytes`, the first of a connection, can still become the magic. */
export function startsLikeUs(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, magic.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== magic[i]) return false;
  return true;
}

/** The caller's versions out of its first bytes; throws a fatal `protocol` error when they are not ours. */
export function decodeHello(hello: Uint8Array): VersionRange {
  const versions = { oldest: hello[magic.length] ?? 0, newest: hello[magic.length + 1] ?? 0 };
  const fits = hello.length === helloBytes && startsLikeUs(hello) && versions.oldest >= 1 &&
    versions.newest >= versions.oldest;
  if (!fits) {
    throw new HustingsError("protocol", "A caller did not open as a member", { fatal: true });
  }
  return versions;
}

/** The broker's answer to `hello`, with its proof. */
export async function encodeAnswer(
  hello: Uint8Array,
  answer: BrokerAnswer,
  nonce: Uint8Array,
  mac: Mac,
): Promise<Uint8Array<ArrayBuffer>> {
  const numbers = new DataView(new ArrayBuffer(13));
  numbers.setUint8(0, answer.version);
  numbers.setUint8(1, answer.versions.oldest);
  numbers.setUint8(2, answer.versions.newest);
  numbers.setUint16(3, answer.port);
  numbers.setBigUint64(5, BigInt(answer.epoch));
  const clear = concat(magic, new Uint8Array(numbers.buffer), nonce);
  return concat(clear, await mac(labelled("broker", hello, clear)));
}

/**
 * Reads and proves the broker's answer. Returns undefined when it does not come from a holder of
 * the secret who listens on `port`: an impostor, another user's bus, a relay.
 */
export async function verifyAnswer(
  hello: Uint8Array,
  answer: Uint8Array,
  port: number,
  mac: Mac,
): Promise<BrokerAnswer | undefined> {
  if (answer.length !== answerBytes || !startsLikeUs(answer)) return undefined;
  const clear = answer.slice(0, answerClearBytes);
  const proof = await mac(labelled("broker", hello, clear));
  if (!equalBytes(proof, answer.subarray(answerClearBytes))) return undefined;
  const numbers = new DataView(clear.buffer, magic.length);
  const said = {
    version: numbers.getUint8(0),
    versions: { oldest: numbers.getUint8(1), newest: numbers.getUint8(2) },
    port: numbers.getUint16(3),
    epoch: Number(numbers.getBigUint64(5)),
  };
  return said.port === port ? said : undefined;
}

/** The caller's proof, its last bytes before the first frame. */
export function callerProof(hello: Uint8Array, answer: Uint8Array, mac: Mac): Promise<Uint8Array> {
  return mac(labelled("client", hello, answer.subarray(0, answerClearBytes)));
}

/** Compares in a time that does not depend on where two proofs differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

function labelled(label: string, hello: Uint8Array, clear: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(new TextEncoder().encode(`hustings ${label}\n`), hello, clear);
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
