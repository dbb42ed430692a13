import { HustingsError } from "../../core/errors.ts";

/** Where a bus on NATS is and how one gets in: what a `HUSTINGS_URL` says. */
export interface NatsSetting {
  /** `host:port`, the first one to be tried first. */
  readonly servers: readonly string[];
  /** Nothing is said before the connection is encrypted. */
  readonly tls: boolean;
  /** Separates the buses on one server. */
  readonly realm: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Paths of files: credentials, the authority that signed the server, own certificate and its key. */
  readonly creds?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const files = ["creds", "ca", "cert", "key"] as const;
const form = "nats://[user:password@ or token@]host[:port][,host[:port]…][/realm]" +
  "[?creds=FILE&ca=FILE&cert=FILE&key=FILE], or tls:// for the same, encrypted";

/**
 * Reads such a URL: `nats://[user:password@ or token@]host[:4222][,host…][/realm][?creds=FILE…]`, or `tls://`.
 * Throws `bad_request` that names what is wrong in it, and never a password.
 */
export function natsSetting(url: string): NatsSetting {
  const match = /^(nats|tls):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(
    url.trim(),
  );
  if (match === null) throw wrong("it has not the form that it must have");
  const [, scheme, login, hosts, realm = "", query = ""] = match;
  return {
    servers: hosts!.split(",").map(server),
    tls: scheme === "tls",
    realm: realmOf(realm.replace(/\/$/, "")),
    ...(login === undefined ? {} : loginOf(login)),
    ...filesOf(query),
  };
}

function server(written: string): string {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(written);
  const port = Number(match?.[2] ?? 4222);
  if (match === null || port < 1 || port > 65_535) {
    throw wrong(`'${written}' is no server: write host or host:port`);
  }
  return `${match[1]}:${port}`;
}

function realmOf(written: string): string {
  if (written === "") return "default";
  if (/^[A-Za-z0-9_-]{1,32}$/.test(written)) return written;
  throw wrong(
    `'${written}' is no realm: write 1 to 32 letters, digits, '-' or '_' after the server`,
  );
}

function loginOf(written: string): Partial<NatsSetting> {
  const colon = written.indexOf(":");
  if (colon < 0) return { token: decoded(written) };
  return { user: decoded(written.slice(0, colon)), password: decoded(written.slice(colon + 1)) };
}

function filesOf(query: string): Partial<NatsSetting> {
  const found: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!files.some((known) => known === name)) {
      throw wrong(`'${name}' is no setting of it: use ${files.join(", ")}`);
    }
    if (value === "") throw wrong(`'${name}' names no file`);
    found[name] = value;
  }
  return found;
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    throw wrong("a '%' in its user, password or token is not followed by two digits");
  }
}

function wrong(why: string): HustingsError {
  return new HustingsError(
    "bad_request",
    `The URL of the bus cannot be read: ${why}. It is ${form}`,
  );
}
