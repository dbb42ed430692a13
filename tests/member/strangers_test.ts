import assert from "node:assert/strict";
import {
  answerBytes,
  callerProof,
  encodeAnswer,
  helloBytes,
  magic,
} from "../../lib/core/handshake.ts";
import { MemberBench } from "../support/member_bench.ts";
import {
  answersHttp,
  echoes,
  hangsUp,
  ScriptedPeer,
  staysSilent,
} from "../support/scripted_peer.ts";
import type { Manner } from "../support/scripted_peer.ts";

const ours = { version: 1, versions: { oldest: 1, newest: 1 }, epoch: 7 };

/** Starts a member whose first port this stranger has, and checks that the second is its own. */
async function passes(manner: Manner): Promise<void> {
  await using bench = await MemberBench.create({ ports: 2 });
  await using stranger = new ScriptedPeer(bench.port, manner);
  const member = await bench.join("alice");
  const { port } = await member.reached("leading");
  assert.equal(port, bench.ports[1]);
  const follower = await bench.join("bob");
  assert.equal((await follower.reached("following")).port, port);
  for (const said of stranger.heard) assert.ok([0, helloBytes].includes(said.length));
}

Deno.test("member takes the next port when a web server has the first", () => passes(answersHttp));

Deno.test("member takes the next port when a web server of this runtime has the first", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const options = { hostname: "127.0.0.1", port: bench.port, onListen: () => {} };
  const server = Deno.serve(options, () => new Response("hello"));
  const member = await bench.join("alice");
  assert.equal((await member.reached("leading")).port, bench.ports[1]);
  await server.shutdown();
});

Deno.test("member takes the next port when who has the first hangs up on it", () =>
  passes(hangsUp));

Deno.test("member takes the next port when an echo or a silent program has the first", async () => {
  await Promise.all([passes(echoes), passes(staysSilent)]);
});

/** Whether `part` occurs in `bytes`. */
function holds(bytes: Uint8Array, part: Uint8Array): boolean {
  return bytes.some((_, at) => part.every((byte, index) => bytes[at + index] === byte));
}

Deno.test("impostor on the port learns a nonce and nothing else, and the member goes on", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const { credentials: { mac, random }, secret } = bench;
  const proofs: Uint8Array[] = [];
  const foreignMac = () => Promise.resolve(random.bytes(32));
  await using impostor = new ScriptedPeer(bench.port, async (conn, peer) => {
    const hello = await peer.read(conn, helloBytes);
    const facts = { ...ours, port: bench.port };
    const answer = await encodeAnswer(hello, facts, random.bytes(32), foreignMac);
    proofs.push(await callerProof(hello, answer, mac));
    await conn.write(answer);
    await peer.read(conn, Infinity);
  });
  const members = [await bench.join("alice"), await bench.join("bob")];
  for (const member of members) assert.equal(await portOf(member), bench.ports[1]);
  await impostor.idle();
  const heard = impostor.heard.filter((said) => said.length > 0);
  assert.ok(heard.length >= 1 && proofs.length >= 1, "it was asked");
  const nonces = new Set<string>();
  for (const said of heard) {
    assert.equal(said.length, helloBytes, "an opening and no word after the answer");
    assert.deepEqual([...said.subarray(0, 10)], [...magic, 1, 1]);
    nonces.add(said.subarray(10).join());
    assert.ok(!holds(said, secret));
    for (const proof of proofs) assert.ok(!holds(said, proof));
  }
  assert.equal(nonces.size, heard.length, "no nonce twice");
});

/** The port of the bus, as a member sees it. */
async function portOf(member: Awaited<ReturnType<MemberBench["join"]>>): Promise<number> {
  return (await member.bus.status()).broker!.port;
}

Deno.test("relay to the real broker is passed by: the proof is for another port", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const [first, second] = bench.ports as [number, number];
  let relayed = 0;
  const relay = new ScriptedPeer(first, async (conn, peer) => {
    const broker = await Deno.connect({ hostname: "127.0.0.1", port: second });
    await broker.write(await peer.read(conn, helloBytes));
    const answer = new Uint8Array(answerBytes);
    for (let at = 0; at < answer.length;) at += (await broker.read(answer.subarray(at)))!;
    await conn.write(answer);
    relayed += 1;
    await peer.read(conn, Infinity);
    broker.close();
  });
  await using _relay = relay;
  bench.ports.reverse();
  const broker = await bench.join("alice");
  bench.ports.reverse();
  await Deno.remove(bench.directory.endpoint);
  const follower = await bench.join("bob");
  assert.equal((await broker.reached("leading")).port, second);
  assert.equal((await follower.reached("following")).port, second);
  await relay.idle();
  assert.equal(relayed, 1);
  assert.deepEqual(relay.heard.map((said) => said.length), [helloBytes, 0]);
});

Deno.test("hint that leads to a stranger costs nothing: the ports are walked", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const hint = { port: bench.ports[1], pid: 1, epoch: 1 };
  await Deno.writeTextFile(bench.directory.endpoint, JSON.stringify(hint));
  await using _stranger = new ScriptedPeer(bench.ports[1]!, answersHttp);
  const member = await bench.join("alice");
  assert.equal((await member.reached("leading")).port, bench.port);
});

Deno.test("hint that is no hint is passed over", async () => {
  for (const text of ["", "{", "null", '{"port":0}', '{"port":99999,"pid":1,"epoch":1}']) {
    await using bench = await MemberBench.create();
    await Deno.writeTextFile(bench.directory.endpoint, text);
    const member = await bench.join("alice");
    assert.equal((await member.reached("leading")).port, bench.port);
  }
});

Deno.test("member without a port left says which programs have them, and tries again when it is called", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const strangers = [
    new ScriptedPeer(bench.ports[0]!, answersHttp),
    new ScriptedPeer(bench.ports[1]!, hangsUp),
  ];
  const member = bench.start();
  const [first, second] = bench.ports;
  const message = new RegExp(
    `${first}: another program; ${second}: a program that closes connections at once.*HUSTINGS_PORT`,
  );
  await assert.rejects(member.join("alice"), { code: "bus_down", message });
  for (const stranger of strangers) await stranger[Symbol.asyncDispose]();
  assert.equal((await member.join("alice")).name, "alice");
});

Deno.test("member says so when the broker speaks no version of its own", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const { credentials: { mac, random } } = bench;
  await using newer = new ScriptedPeer(bench.port, async (conn, peer) => {
    const hello = await peer.read(conn, helloBytes);
    const facts = { version: 0, versions: { oldest: 2, newest: 3 }, port: peer.port, epoch: 1 };
    await conn.write(await encodeAnswer(hello, facts, random.bytes(32), mac));
    await peer.read(conn, Infinity);
  });
  const member = bench.start();
  await assert.rejects(member.join("alice"), {
    code: "version",
    message: new RegExp(`port ${bench.port} speaks protocol 2 to 3, this build 1 to 1.*update`),
  });
  await newer.idle();
  assert.deepEqual(newer.heard.map((said) => said.length), [helloBytes, 0]);
});
