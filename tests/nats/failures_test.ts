import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HustingsError } from "../../lib/core/errors.ts";
import type { ErrorCode } from "../../lib/core/errors.ts";
import { freePorts } from "../support/free_ports.ts";
import { natsRefusal, openNats } from "../support/nats_bus.ts";
import { natsCredentials } from "../support/nats_credentials.ts";
import { natsMissing, NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";
import { ScriptedNats } from "../support/scripted_nats.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";
import { opensslMissing, testCertificates } from "../support/test_certificates.ts";

// What is wrong with a server, or with what its URL says: each time the error names the value and the cure.

/** How a process is refused that wants to join by `url`. */
async function refusal(url: string): Promise<HustingsError> {
  const bus = openNats(url, { times: 20 });
  try {
    await bus.join({ client: "claude", directory: "/shop" });
  } catch (error) {
    assert.ok(error instanceof HustingsError, String(error));
    return error;
  } finally {
    await bus.leave();
  }
  throw new Error("It was let in");
}

/** The same, which must be of this kind and say all of that. */
async function refused(url: string, code: ErrorCode, ...says: readonly RegExp[]): Promise<void> {
  const error = await refusal(url);
  for (const each of says) assert.match(error.message, each);
  assert.equal(error.code, code, error.message);
  assert.ok(!error.message.includes("hunter2"), "no password is told");
}

const users = `authorization { users: [{ user: ann, password: "right" }] }`;

onNats("join says that the password is wrong, for which user and where", async () => {
  await using server = await NatsServer.start({ config: users });
  await refused(
    `nats://ann:hunter2@${server.host}`,
    "not_admitted",
    /ann/,
    new RegExp(server.host),
    /password/i,
    /HUSTINGS_URL/,
  );
  const bus = openNats(`nats://ann:right@${server.host}`);
  assert.equal((await bus.join({ client: "claude", directory: "/shop" })).name, "claude-shop");
  await bus.leave();
});

onNats("process outlives a server that resets what it refuses, again and again", async () => {
  await using server = await NatsServer.start({ config: users });
  const script = `
    import { natsRefusal, openNats } from "${import.meta.resolve("../support/nats_bus.ts")}";
    for (let n = 0; n < 200; n++) {
      const bus = openNats("nats://ann:wrong@${server.host}");
      await bus.join({ client: "claude", directory: "/shop" }).catch(() => {});
      await bus.leave();
    }
    console.log("alive");`;
  const config = fileURLToPath(import.meta.resolve("../../deno.json"));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, script],
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "alive\n", new TextDecoder().decode(stderr));
});

onNats("join says that a token is wrong, or that something has to be shown at all", async () => {
  await using server = await NatsServer.start({ config: `authorization { token: "right" }` });
  await refused(`nats://hunter2@${server.host}`, "not_admitted", /token/, /HUSTINGS_URL/);
  await refused(`nats://${server.host}`, "not_admitted", new RegExp(server.host), /HUSTINGS_URL/);
  const bus = openNats(`nats://right@${server.host}`);
  await bus.join({ client: "claude", directory: "/shop" });
  await bus.leave();
});

onNats(
  "join by a file of credentials works, and names the file that is missing or is none",
  async () => {
    using directory = new TemporaryDirectory();
    const { config, file } = await natsCredentials();
    await using server = await NatsServer.start({ config });
    const url = (name: string) => `nats://${server.host}?creds=${directory.at(name)}`;
    await refused(url("absent.creds"), "bad_request", /absent\.creds/);
    await Deno.writeTextFile(directory.at("none.creds"), "hunter2");
    await refused(url("none.creds"), "bad_request", /none\.creds/);
    await Deno.writeTextFile(directory.at("other.creds"), (await natsCredentials()).file);
    await refused(url("other.creds"), "not_admitted", /other\.creds/);
    await Deno.writeTextFile(directory.at("right.creds"), file);
    const bus = openNats(url("right.creds"));
    assert.equal((await bus.join({ client: "claude", directory: "/shop" })).name, "claude-shop");
    await bus.leave();
  },
);

onNats("join says that the server has no JetStream, and how it gets it", async () => {
  await using server = await NatsServer.start({ jetstream: "" });
  await refused(
    `nats://${server.host}`,
    "not_admitted",
    /JetStream/,
    /jetstream \{\}/,
    new RegExp(server.host),
  );
});

onNats("join says that the account has no JetStream", async () => {
  const config = `accounts {
    with: { jetstream: enabled, users: [{ user: bob, password: "right" }] }
    without: { users: [{ user: ann, password: "right" }] }
  }`;
  await using server = await NatsServer.start({ config });
  await refused(`nats://ann:right@${server.host}`, "not_admitted", /JetStream/, /account/);
});

Deno.test("join says that the server is too old, and which one will do", async () => {
  for (const version of ["2.2.0", "1.4.1"]) {
    using server = new ScriptedNats({ version });
    const old = new RegExp(version.replaceAll(".", "\\."));
    await refused(`nats://127.0.0.1:${server.port}`, "version", old, /2\.9/);
  }
});

Deno.test("join says that nobody listens there, and that nothing was lost", async () => {
  const [port] = freePorts(1);
  const url = `nats://127.0.0.1:${port}`;
  await refused(url, "bus_down", new RegExp(`127\\.0\\.0\\.1:${port}`), /HUSTINGS_URL/);
});

Deno.test("join says that something else listens there", async () => {
  using web = new ScriptedNats({}, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  await refused(`nats://127.0.0.1:${web.port}`, "bus_down", new RegExp(String(web.port)));
});

onNats("join says that the server was signed by somebody else than the URL says", async () => {
  using certificates = await testCertificates();
  using others = await testCertificates();
  const { ca, cert, key } = certificates;
  const config = `tls { cert_file: "${cert}", key_file: "${key}" }`;
  await using server = await NatsServer.start({ config });
  await refused(
    `tls://${server.host}?ca=${others.ca}`,
    "not_admitted",
    /certificate/,
    new RegExp(others.ca),
  );
  await refused(`tls://${server.host}`, "not_admitted", /certificate/, /ca=/);
  await refused(`tls://${server.host}?ca=${ca}.absent`, "bad_request", /ca\.pem\.absent/);
  for (const scheme of ["tls", "nats"]) {
    const bus = openNats(`${scheme}://${server.host}?ca=${ca}`);
    assert.equal((await bus.join({ client: "claude", directory: "/shop" })).name, "claude-shop");
    await bus.leave();
  }
}, natsMissing ?? opensslMissing);

onNats("join says that the server has no encryption where the URL wants it", async () => {
  await using server = await NatsServer.start();
  await refused(`tls://${server.host}`, "not_admitted", new RegExp(server.host), /TLS/);
});

Deno.test("URL that is none says which part of it is wrong, and never the password in it", () => {
  for (
    const [url, says] of Object.entries({
      "nats://ann:hunter2@127.0.0.1/a b": /'a b' is no realm/,
      [`nats://127.0.0.1/${"r".repeat(33)}`]: /is no realm/,
      "nats://ann:hunter2@127.0.0.1:99999": /'127\.0\.0\.1:99999' is no server/,
      "nats://ann:hunter2@127.0.0.1?cred=x": /'cred'/,
      "http://ann:hunter2@127.0.0.1": /nats:\/\//,
      "nats://": /nats:\/\//,
    })
  ) {
    const error = natsRefusal(url)!;
    assert.equal(error.code, "bad_request");
    assert.match(error.message, says);
    assert.ok(!error.message.includes("hunter2"), "no password is told");
  }
});
