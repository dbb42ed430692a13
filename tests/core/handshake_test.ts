import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import {
  answerBytes,
  callerProof,
  commonVersion,
  decodeHello,
  encodeAnswer,
  encodeHello,
  equalBytes,
  helloBytes,
  type Mac,
  magic,
  ourVersions,
  proofBytes,
  startsLikeUs,
  verifyAnswer,
} from "../../lib/core/handshake.ts";

const versions = { oldest: 2, newest: 5 };
const said = { version: 4, versions: { oldest: 1, newest: 4 }, port: 9999, epoch: 2 ** 40 + 7 };
const callerNonce = new Uint8Array(32).fill(0xaa);
const brokerNonce = new Uint8Array(32).fill(0xbb);

async function macWith(secretByte: number): Promise<Mac> {
  const hash = { name: "HMAC", hash: "SHA-256" };
  const secret = new Uint8Array(32).fill(secretByte);
  const key = await crypto.subtle.importKey("raw", secret, hash, false, ["sign"]);
  return async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

/** A whole opening between two holders of one secret, with what each said. */
async function opening() {
  const mac = await macWith(1);
  const hello = encodeHello(versions, callerNonce);
  const answer = await encodeAnswer(hello, said, brokerNonce, mac);
  return { mac, hello, answer };
}

Deno.test("the handshake convinces both sides when both hold the secret", async () => {
  const { mac, hello, answer } = await opening();
  assert.equal(hello.length, helloBytes);
  assert.equal(answer.length, answerBytes);
  assert.deepEqual(decodeHello(hello), versions);
  assert.deepEqual(await verifyAnswer(hello, answer, said.port, mac), said);
  const byCaller = await callerProof(hello, answer, mac);
  const byBroker = await callerProof(hello, answer, await macWith(1));
  assert.equal(byCaller.length, proofBytes);
  assert.ok(equalBytes(byCaller, byBroker));
});

Deno.test("verifyAnswer refuses the answer when any one of its bits is flipped", async () => {
  const { mac, hello, answer } = await opening();
  for (let bit = 0; bit < answer.length * 8; bit++) {
    const forged = answer.slice();
    forged[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(await verifyAnswer(hello, forged, said.port, mac), undefined, `bit ${bit}`);
  }
});

Deno.test("verifyAnswer refuses the answer when it was made for another hello", async () => {
  const { mac, hello, answer } = await opening();
  for (let at = magic.length; at < hello.length; at++) {
    const other = hello.slice();
    other[at]! ^= 1;
    assert.equal(await verifyAnswer(other, answer, said.port, mac), undefined, `byte ${at}`);
  }
});

Deno.test("verifyAnswer refuses an answer that is cut short or too long", async () => {
  const { mac, hello, answer } = await opening();
  for (let length = 0; length < answer.length; length++) {
    const cut = answer.subarray(0, length);
    assert.equal(await verifyAnswer(hello, cut, said.port, mac), undefined, `${length} bytes`);
  }
  const longer = new Uint8Array(answer.length + 1);
  longer.set(answer);
  assert.equal(await verifyAnswer(hello, longer, said.port, mac), undefined);
});

Deno.test("verifyAnswer refuses an impostor that does not hold the secret", async () => {
  const { hello, answer } = await opening();
  assert.equal(await verifyAnswer(hello, answer, said.port, await macWith(2)), undefined);
});

Deno.test("verifyAnswer refuses a true answer when it was relayed from another port", async () => {
  const { mac, hello, answer } = await opening();
  assert.equal(await verifyAnswer(hello, answer, said.port + 1, mac), undefined);
});

Deno.test("callerProof differs from the broker's proof, so that neither can be reflected", async () => {
  const { mac, hello, answer } = await opening();
  const brokerProof = answer.subarray(answer.length - proofBytes);
  const proof = await callerProof(hello, answer, mac);
  assert.ok(!equalBytes(proof, brokerProof));
  const reflected = answer.slice();
  reflected.set(proof, answer.length - proofBytes);
  assert.equal(await verifyAnswer(hello, reflected, said.port, mac), undefined);
});

Deno.test("callerProof differs when nonce, port, epoch or secret differ", async () => {
  const { mac, hello, answer } = await opening();
  const others = [
    callerProof(encodeHello(versions, brokerNonce), answer, mac),
    callerProof(hello, await encodeAnswer(hello, said, callerNonce, mac), mac),
    callerProof(hello, await encodeAnswer(hello, { ...said, port: 1 }, brokerNonce, mac), mac),
    callerProof(hello, await encodeAnswer(hello, { ...said, epoch: 1 }, brokerNonce, mac), mac),
    callerProof(hello, answer, await macWith(2)),
  ];
  const proof = await callerProof(hello, answer, mac);
  for (const other of await Promise.all(others)) assert.ok(!equalBytes(proof, other));
});

Deno.test("startsLikeUs is false at the first byte that is not ours", () => {
  const hello = encodeHello(versions, callerNonce);
  for (let length = 0; length <= hello.length; length++) {
    assert.ok(startsLikeUs(hello.subarray(0, length)), `${length} bytes`);
  }
  for (let at = 0; at < magic.length; at++) {
    const wrong = magic.slice(0, at + 1);
    wrong[at]! ^= 0x20;
    assert.ok(!startsLikeUs(wrong), `byte ${at}`);
  }
  for (const other of ["GET / HTTP/1.1", "POST", "{", "\u0016\u0003\u0001", "SSH-2.0", "\0"]) {
    assert.ok(!startsLikeUs(new TextEncoder().encode(other)), other);
  }
});

Deno.test("decodeHello throws a fatal error when the hello is not a member's", () => {
  const hello = encodeHello(versions, callerNonce);
  const wrong = [
    new Uint8Array(0),
    hello.subarray(0, helloBytes - 1),
    Uint8Array.of(...hello, 0),
    hello.with(0, 0x47),
    encodeHello({ oldest: 0, newest: 1 }, callerNonce),
    encodeHello({ oldest: 3, newest: 2 }, callerNonce),
  ];
  for (const bytes of wrong) {
    assert.throws(
      () => decodeHello(bytes),
      (error) => error instanceof HustingsError && error.code === "protocol" && error.fatal,
    );
  }
});

Deno.test("commonVersion is the newest that both speak, or 0 when there is none", () => {
  const range = (oldest: number, newest: number) => ({ oldest, newest });
  const table: [number, number, number, number, number][] = [
    [1, 1, 1, 1, 1],
    [1, 3, 2, 5, 3],
    [2, 5, 1, 3, 3],
    [1, 9, 4, 4, 4],
    [1, 2, 3, 4, 0],
    [3, 4, 1, 2, 0],
    [2, 2, 2, 9, 2],
  ];
  for (const [a, b, c, d, common] of table) {
    assert.equal(commonVersion(range(a, b), range(c, d)), common, `${a}-${b} and ${c}-${d}`);
  }
  assert.equal(commonVersion(ourVersions, ourVersions), ourVersions.newest);
});

Deno.test("verifyAnswer gives the broker's range when there is no version in common", async () => {
  const { mac, hello } = await opening();
  const none = { ...said, version: 0, versions: { oldest: 7, newest: 8 } };
  const answer = await encodeAnswer(hello, none, brokerNonce, mac);
  assert.deepEqual(await verifyAnswer(hello, answer, said.port, mac), none);
});

Deno.test("equalBytes is true for equal bytes only", () => {
  assert.ok(equalBytes(Uint8Array.of(), Uint8Array.of()));
  assert.ok(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)));
});
