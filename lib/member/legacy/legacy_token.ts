import { equalBytes } from "../../core/handshake.ts";
import type { Mac } from "../../core/handshake.ts";
import type { LegacySetting } from "./legacy_setting.ts";

/** For whom a token speaks: one registration of the name behind a mailbox. */
export interface TokenHolder {
  readonly mailbox: number;
  /** Ten random bytes in hexadecimal, made anew with each registration: the ones before are over then. */
  readonly registration: string;
}

export const registrationBytes = 10;
const mailboxBytes = 6;
const clearBytes = mailboxBytes + registrationBytes;
const proofBytes = 16;
const form = /^[A-Za-z0-9_-]{43}$/;
const encoder = new TextEncoder();

/**
 * A token of 43 characters, as scripts have always had them: mailbox, registration, and a proof by the
 * secret of the bus. No broker has to remember it, so it outlives them; and as it names the mailbox and
 * not the name, it follows a change of name. It is good under the setting in which it was given alone: who
 * registered without a secret is asked for it once there is one.
 */
export async function encodeToken(
  holder: TokenHolder,
  setting: LegacySetting,
  mac: Mac,
): Promise<string> {
  const bytes = new Uint8Array(clearBytes + proofBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(holder.mailbox / 2 ** 32));
  view.setUint32(2, holder.mailbox % 2 ** 32);
  bytes.set(Uint8Array.fromHex(holder.registration), mailboxBytes);
  bytes.set(await proofOf(bytes.subarray(0, clearBytes), setting, mac), clearBytes);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Whom a token names, by the proof in it; undefined for anything else. Whether it is over, the store knows. */
export async function decodeToken(
  token: unknown,
  setting: LegacySetting,
  mac: Mac,
): Promise<TokenHolder | undefined> {
  if (typeof token !== "string" || !form.test(token)) return undefined;
  // Of what the last character holds, two bits are none of the token.
  const options = { alphabet: "base64url", lastChunkHandling: "loose" } as const;
  const bytes = Uint8Array.fromBase64(token, options);
  const clear = bytes.subarray(0, clearBytes);
  if (!equalBytes(await proofOf(clear, setting, mac), bytes.subarray(clearBytes))) return undefined;
  const view = new DataView(bytes.buffer);
  return {
    mailbox: view.getUint16(0) * 2 ** 32 + view.getUint32(2),
    registration: clear.subarray(mailboxBytes).toHex(),
  };
}

async function proofOf(
  clear: Uint8Array,
  setting: LegacySetting,
  mac: Mac,
): Promise<Uint8Array> {
  const secret = setting.mode === "open" ? "" : setting.secret;
  const head = encoder.encode(`hustings legacy token\n${setting.mode}\n${secret}\n`);
  const message = new Uint8Array(head.length + clear.length);
  message.set(head);
  message.set(clear, head.length);
  return (await mac(message)).subarray(0, proofBytes);
}
