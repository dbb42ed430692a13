import assert from "node:assert/strict";
import { type Asked, Gate } from "../../lib/web/gate.ts";

const key = "k".repeat(43);
const gate = new Gate(4000, key);
const own = {
  "host": ["127.0.0.1:4000"],
  "origin": ["http://127.0.0.1:4000"],
  "sec-fetch-site": ["same-origin"],
  "authorization": [`Bearer ${key}`],
};

/** The status with which the gate turns a request away; 0 where it lets it in. */
function turnedAway(
  headers: Readonly<Record<string, readonly string[]>>,
  { method = "POST", path = "/api/send" } = {},
): number {
  const all: Readonly<Record<string, readonly string[]>> = { ...own, ...headers };
  const asked: Asked = { method, path, header: (name) => all[name] ?? [] };
  return gate.refusal(asked)?.status ?? 0;
}

Deno.test("the gate lets the dashboard's own page in, and the page itself without a key", () => {
  assert.equal(turnedAway({}), 0);
  // A browser sends no origin with what it only reads from there.
  assert.equal(turnedAway({ origin: [] }, { method: "GET", path: "/api/events" }), 0);
  const opened = { "origin": [], "sec-fetch-site": ["cross-site"], "authorization": [] };
  assert.equal(turnedAway(opened, { method: "GET", path: "/" }), 0);
});

Deno.test("the gate turns away every host but its own address when a name was made to lead there", () => {
  const hosts = [
    "127.0.0.1",
    "127.0.0.1:4001",
    "evil.test:4000",
    "localhost:4000",
    "127.0.0.1:4000.",
  ];
  for (const host of hosts) assert.equal(turnedAway({ host: [host] }), 421, host);
  assert.equal(turnedAway({ host: [] }), 421);
  assert.equal(turnedAway({ host: ["127.0.0.1:4000", "evil.test"] }), 421);
  assert.equal(turnedAway({ host: ["evil.test"] }, { method: "GET", path: "/" }), 421);
});

Deno.test("the gate turns away what another place asks, whatever key it has", () => {
  const origins = ["null", "http://127.0.0.1:4001", "https://127.0.0.1:4000", "http://evil.test"];
  for (const origin of origins) assert.equal(turnedAway({ origin: [origin] }), 403, origin);
  assert.equal(turnedAway({ origin: [] }), 403);
  assert.equal(turnedAway({ origin: [...own.origin, "http://evil.test"] }), 403);
  for (const site of ["cross-site", "same-site", "none", ""]) {
    assert.equal(turnedAway({ "sec-fetch-site": [site] }), 403, site);
    const read = { "origin": [], "sec-fetch-site": [site] };
    assert.equal(turnedAway(read, { method: "GET", path: "/api/events" }), 403, site);
  }
});

Deno.test("the gate turns away who has not the whole key, once", () => {
  const wrong = ["", key, `Bearer ${key}k`, `Bearer ${key.slice(1)}`, `Basic ${key}`, "Bearer "];
  for (const authorization of wrong) {
    assert.equal(turnedAway({ authorization: [authorization] }), 401, authorization);
  }
  assert.equal(turnedAway({ authorization: [] }), 401);
  assert.equal(turnedAway({ authorization: [...own.authorization, ...own.authorization] }), 401);
});

Deno.test("the gate knows GET, and POST where something is done", () => {
  for (const method of ["HEAD", "PUT", "OPTIONS", "DELETE", "CONNECT", "get"]) {
    assert.equal(turnedAway({}, { method }), 405, method);
  }
  assert.equal(turnedAway({}, { path: "/" }), 405);
});
