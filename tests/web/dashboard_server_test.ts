import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { webLimits } from "../../lib/web/web_limits.ts";
import { DashboardBench, event } from "./dashboard_bench.ts";

/** What a server answers to these bytes, up to the end of the connection. */
async function answerTo(port: number, lines: readonly string[]): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const chunks: string[] = [];
  for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
    chunks.push(text);
  }
  return chunks.join("");
}

Deno.test("the dashboard gives its page to whoever asks at its address, with everything forbidden to it", async () => {
  await using bench = await DashboardBench.start();
  for (const path of ["/", "/page.js", "/page.css", "/icon.svg"]) {
    const response = await fetch(bench.origin + path);
    assert.equal(response.status, 200, path);
    assert.ok((await response.text()).length > 100, path);
    const policy = response.headers.get("content-security-policy")!.split("; ");
    assert.equal(policy[0], "default-src 'none'");
    assert.ok(!policy.some((rule) => /unsafe|https?:|\*|data:|blob:/.test(rule)), policy.join());
    for (const rule of ["frame-ancestors", "base-uri", "form-action"]) {
      assert.ok(policy.includes(`${rule} 'none'`), rule);
    }
    assert.ok(policy.includes("require-trusted-types-for 'script'"));
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("access-control-allow-origin"), null);
  }
  for (const path of ["/x", "/api", "/constructor", "/..%2f", "/page.js/"]) {
    const response = await fetch(bench.origin + path);
    assert.equal(response.status, 404, path);
    await response.body?.cancel();
  }
});

Deno.test("the dashboard does nothing for a name, an origin or a key that is not its own", async () => {
  await using bench = await DashboardBench.start();
  const body = { name: "*", paused: true };
  const { port } = bench.server;
  for (const host of ["evil.test", `localhost:${port}`, "127.0.0.1"]) {
    const lines = ["GET / HTTP/1.1", `Host: ${host}`, "Connection: close"];
    assert.match(await answerTo(port, lines), /^HTTP\/1.1 421 /, host);
  }
  assert.equal((await bench.ask("pause", body, { origin: "http://evil.test" })).status, 403);
  assert.equal((await bench.ask("pause", body, { authorization: "Bearer x" })).status, 401);
  const without = await bench.ask("pause", body, { authorization: "" });
  assert.equal(without.status, 401);
  assert.match(without.value.error.message, /open the link that 'hustings dashboard' printed/);
  const stream = await fetch(`${bench.origin}/api/events`);
  assert.equal(stream.status, 401);
  await stream.body?.cancel();
  assert.deepEqual(bench.bus.paused, []);
  assert.deepEqual(bench.bus.asked, []);
  assert.equal((await bench.ask("pause", body)).status, 200);
});

Deno.test("the dashboard refuses a body that is too long, no JSON, or not as it has to be, and says why", async () => {
  await using bench = await DashboardBench.start();
  const long = await bench.ask("send", "x".repeat(webLimits.bodyBytes + 1));
  assert.deepEqual([long.status, long.value.error.code], [413, "too_large"]);
  const cases: readonly [string, unknown, RegExp][] = [
    ["send", "[]", /one JSON object/],
    ["send", "{", /one JSON object/],
    ["send", { to: "bob", text: "hi" }, /'to' must be a list/],
    ["send", { to: [], text: "hi" }, /Say to whom/],
    ["pause", { name: "bob" }, /'paused' must be true or false/],
    ["history", { limit: 1e9 }, /'limit' must be a whole number/],
    ["stop", { thread: 0, stopped: true }, /'thread' must be/],
    ["join", { name: "ada", more: 1 }, /Unknown field "more"/],
    ["toString", {}, /There is no POST/],
  ];
  for (const [path, body, why] of cases) {
    const { status, value } = await bench.ask(path, body);
    assert.equal(status, 400, path);
    assert.match(value.error.message, why);
  }
  assert.deepEqual(bench.bus.sent, []);
});

Deno.test("the dashboard shows an error of the bus as it is", async () => {
  await using bench = await DashboardBench.start();
  const { status, value } = await bench.ask("pause", { name: "ghost", paused: true });
  assert.equal(status, 400);
  assert.deepEqual(value, { error: { code: "no_recipient", message: "Nobody is called 'ghost'" } });
});

Deno.test("the dashboard looks through everybody's history, and asks the doctor once for pages that ask at once", async () => {
  await using bench = await DashboardBench.start();
  await bench.ask("history", { limit: 5, search: "cart", before: 9 });
  assert.deepEqual(bench.bus.looked, [{ everyone: true, limit: 5, search: "cart", before: 9 }]);
  const both = await Promise.all([bench.ask("findings", {}), bench.ask("findings", {})]);
  assert.equal(bench.examined, 1);
  for (const { value } of both) assert.equal(value.findings[0].text, "It is well");
});

Deno.test("the dashboard sends for a person who has a name, and says how the reader will notice", async () => {
  await using bench = await DashboardBench.start();
  const letter = { to: ["bob"], text: "hi" };
  const early = await bench.ask("send", letter);
  assert.deepEqual([early.status, early.value.error.code], [400, "not_joined"]);
  assert.deepEqual((await bench.ask("join", { name: "ada" })).value, { name: "ada", unshown: [] });
  const { value } = await bench.ask("send", { ...letter, replyTo: 4 });
  assert.deepEqual(value, {
    id: 9,
    recipients: [{ name: "bob", outlook: "waits for messages and gets it now" }],
  });
  assert.deepEqual(bench.bus.sent, [{ ...letter, replyTo: 4 }]);
});

Deno.test("a page's stream goes on where the page was, tells what is wrong, and recovers", async () => {
  await using bench = await DashboardBench.start();
  const stream = await bench.follow("1.7");
  assert.equal((await stream.next())?.["event"], "person");
  const seen = { cursor: "1.8", events: [event] };
  bench.bus.tell(seen);
  assert.deepEqual(await stream.next(), {
    id: "1.8",
    event: "observed",
    data: JSON.stringify(seen),
  });
  bench.bus.tell(new HustingsError("bus_down", "There is no broker"));
  assert.deepEqual(await stream.next(), {
    event: "trouble",
    data: '{"code":"bus_down","message":"There is no broker"}',
  });
  bench.bus.tell({ cursor: "1.9", events: [] });
  assert.deepEqual(await stream.next(), { id: "1.9", event: "quiet", data: "{}" });
  assert.deepEqual(bench.bus.asked.slice(0, 3), ["1.7", "1.8", "1.8"]);
  await stream.close();
});

Deno.test("a page learns who the person is when another page has chosen the name", async () => {
  await using bench = await DashboardBench.start();
  const stream = await bench.follow();
  assert.equal((await stream.next())?.["data"], '{"unshown":[]}');
  await bench.ask("join", { name: "ada" });
  assert.equal((await stream.next())?.["data"], '{"name":"ada","unshown":[]}');
  await stream.close();
});

Deno.test("one page more than may follow is told so, and follows when another has gone", async () => {
  await using bench = await DashboardBench.start();
  const following = await Promise.all(
    Array.from({ length: webLimits.streams }, () => bench.follow()),
  );
  const refused = await bench.follow();
  assert.equal(refused.response.status, 429);
  await refused.close();
  const givenUp = bench.bus.nextGivenUp();
  await following.pop()!.close();
  await givenUp;
  let stream = await bench.follow();
  // What it waited for was given up; that the page has gone, is known a moment later.
  while (stream.response.status === 429) {
    await stream.close();
    stream = await bench.follow();
  }
  assert.equal(stream.response.status, 200);
  await Promise.all([...following, stream].map((each) => each.close()));
});
