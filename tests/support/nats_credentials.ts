import { nkeys } from "@nats-io/transport-node";

/** An operator of a test's own, one account with JetStream, and a user of it. */
export interface NatsCredentials {
  /** For the server's configuration. */
  readonly config: string;
  /** What stands in the file of the user's credentials. */
  readonly file: string;
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Makes what `nsc` makes: tokens that each sign the next (docs.nats.io, decentralized JWT authentication). */
export async function natsCredentials(): Promise<NatsCredentials> {
  const [operator, system] = [nkeys.createOperator(), nkeys.createAccount()];
  const [account, user] = [nkeys.createAccount(), nkeys.createUser()];
  const open = { subs: -1, data: -1, payload: -1 };
  const streams = { "mem_storage": -1, "disk_storage": -1, streams: -1, consumer: -1 };
  const accountLimits = {
    ...open,
    ...streams,
    imports: -1,
    exports: -1,
    wildcards: true,
    conn: -1,
    leaf: -1,
  };
  const accountOf = (subject: KeyPair) =>
    token(operator, subject, "account", { limits: accountLimits });
  const systemKey = system.getPublicKey();
  const operatorToken = await token(operator, operator, "operator", {
    "system_account": systemKey,
  });
  const accounts = [
    `${systemKey}: ${await token(operator, system, "account", {
      limits: { ...open, conn: -1, leaf: -1 },
    })}`,
    `${account.getPublicKey()}: ${await accountOf(account)}`,
  ];
  const userToken = await token(account, user, "user", { ...open, pub: {}, sub: {} });
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    config: `operator: ${operatorToken}\nresolver: MEMORY\n` +
      `resolver_preload: {\n${accounts.join("\n")}\n}\nsystem_account: ${systemKey}\n`,
    file: `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n` +
      `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
  };
}

async function token(
  issuer: KeyPair,
  subject: KeyPair,
  type: string,
  claims: Record<string, unknown>,
): Promise<string> {
  const body = {
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { ...claims, type, version: 2 },
  };
  const digest = await crypto.subtle.digest("SHA-256", bytes(JSON.stringify(body)));
  const jti = base64Url(new Uint8Array(digest));
  const header = base64Url(bytes(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" })));
  const signed = `${header}.${base64Url(bytes(JSON.stringify({ ...body, jti })))}`;
  return `${signed}.${base64Url(issuer.sign(bytes(signed)))}`;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64Url(data: Uint8Array): string {
  const text = btoa(String.fromCharCode(...data));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
