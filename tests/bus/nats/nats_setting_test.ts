import assert from "node:assert/strict";
import { natsSetting } from "../../../lib/bus/nats/nats_setting.ts";

Deno.test("URL of a bus names servers, realm and files, with the usual port and realm where it names none", () => {
  assert.deepEqual(natsSetting("nats://bus.example"), {
    servers: ["bus.example:4222"],
    tls: false,
    realm: "default",
  });
  const all = "tls://one:4333,[::1]:4334,three/team-1?creds=/a.creds&ca=%2Fca.pem&cert=c&key=k";
  assert.deepEqual(natsSetting(all), {
    servers: ["one:4333", "[::1]:4334", "three:4222"],
    tls: true,
    realm: "team-1",
    creds: "/a.creds",
    ca: "/ca.pem",
    cert: "c",
    key: "k",
  });
});

Deno.test("login in the URL of a bus is a token, or a user and all that follows the first colon", () => {
  const loginOf = (url: string) => {
    const { user, password, token } = natsSetting(url);
    return [user, password, token];
  };
  assert.deepEqual(loginOf("nats://s3cret@host"), [undefined, undefined, "s3cret"]);
  assert.deepEqual(loginOf("nats://ann:a:b@host"), ["ann", "a:b", undefined]);
  assert.deepEqual(loginOf("nats://ann:%40%2F%3a@host/r"), ["ann", "@/:", undefined]);
  assert.deepEqual(loginOf("nats://ann:@host"), ["ann", "", undefined]);
});
