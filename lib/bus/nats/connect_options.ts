import { credsAuthenticator } from "@nats-io/transport-node";
import type { NodeConnectionOptions } from "@nats-io/transport-node";
import type { Random } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { version } from "../../core/version.ts";
import type { NatsSetting } from "./nats_setting.ts";
import { realmNames } from "./realm_names.ts";

/**
 * How the client connects: for ever again, to any server of the cluster, with what lies in the files at
 * that time. Throws `bad_request` for a file that cannot be read.
 */
export function connectOptions(setting: NatsSetting, random: Random): NodeConnectionOptions {
  const { servers, user, password, token, creds, tls, ca, cert, key } = setting;
  for (const path of [ca, cert, key]) if (path !== undefined) read(path);
  if (creds !== undefined) checkCredentials(creds);
  const isEncrypted = tls || ca !== undefined || cert !== undefined;
  return {
    servers: [...servers],
    name: `hustings ${version}`,
    inboxPrefix: realmNames(setting.realm).inbox,
    noRandomize: true,
    noAsyncTraces: true,
    timeout: limits.natsConnectMs,
    maxReconnectAttempts: -1,
    // A password that was changed is one that will be right again: until then each call says so.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => limits.natsPauseMs * (0.5 + random.fraction()),
    pingInterval: limits.natsRenewMs,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(creds === undefined ? {} : { authenticator: credsAuthenticator(rereading(creds)) }),
    ...(isEncrypted
      ? {
        tls: {
          ...(ca === undefined ? {} : { caFile: ca }),
          ...(cert === undefined ? {} : { certFile: cert }),
          ...(key === undefined ? {} : { keyFile: key }),
        },
      }
      : {}),
  };
}

/** Throws `bad_request` where the file holds no credentials: its own text is not told. */
function checkCredentials(path: string): void {
  const text = new TextDecoder().decode(read(path));
  const parts = ["BEGIN NATS USER JWT", "BEGIN USER NKEY SEED"];
  if (parts.every((part) => text.includes(part))) return;
  throw new HustingsError(
    "bad_request",
    `The file '${path}' that the URL of the bus names holds no credentials of NATS: ` +
      "name there the '.creds' file of your user, as 'nsc generate creds' writes it",
  );
}

/**
 * What is in the file now, or was there last where it cannot be read now: it may be being replaced. The client
 * gives the connection up for good where it finds no credentials in it.
 */
function rereading(path: string): () => Uint8Array {
  let last = read(path);
  if (!isWhole(last)) throw noCredentials(path);
  return () => {
    try {
      const now = read(path);
      if (isWhole(now)) last = now;
    } catch {
      // The last ones may still do; where not, the server says so.
    }
    return last;
  };
}

/** A token and the seed of its key, each between two lines of dashes. */
function isWhole(file: Uint8Array): boolean {
  const block = /-{3,}[^\n]*-{3,}\r?\n\s*\S+\s*\n\s*-{3,}[^\n]*-{3,}/g;
  return (new TextDecoder().decode(file).match(block) ?? []).length >= 2;
}

function noCredentials(path: string): HustingsError {
  return new HustingsError(
    "bad_request",
    `The file '${path}' that the URL of the bus names holds no credentials of NATS: name the '.creds' file of a user`,
  );
}

function read(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HustingsError(
      "bad_request",
      `The file '${path}' that the URL of the bus names cannot be read (${why}): correct the path there, or its rights`,
      { cause },
    );
  }
}
