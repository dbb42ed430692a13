import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { HustingsError } from "../../core/errors.ts";
import type { NatsSetting } from "./nats_setting.ts";
import { serverUrl } from "./server_url.ts";

/** What the server says while it has no leader, starts, or has too much to do: it passes. */
const passingCodes = new Set([10008, 10009, 10076, 10118]);
/** Nothing more fits: a stream, an account or the disk is full. Of a stream only its words tell. */
const fullCodes = new Set([10002, 10023, 10028, 10047, 10122, 10160]);

/** True where the same request may succeed in a moment. */
export function isPassing(error: unknown): boolean {
  if (error instanceof HustingsError) return false;
  if (error instanceof JetStreamApiError) {
    if (isFull(error)) return false;
    return passingCodes.has(error.code) || error.status === 503;
  }
  if (isViolation(error) !== undefined || isAccountWithout(error)) return false;
  return isNobodyThere(error) || error instanceof errors.TimeoutError ||
    error instanceof errors.RequestError ||
    error instanceof errors.ConnectionError || error instanceof errors.ClosedConnectionError;
}

/** The stream is not there: where it was before, its server has lost its disk. */
export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === 10059;
}

/** Nobody has taken the request: the server has no JetStream, or it has not started or no leader yet. */
export function isNobodyThere(error: unknown): boolean {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.some((each) => each instanceof errors.RequestError && each.isNoResponders());
}

/** What a request to the server ended with, as an error that names the cure. */
export function natsFault(error: unknown, setting: NatsSetting): HustingsError {
  if (error instanceof HustingsError) return error;
  const violation = isViolation(error);
  if (violation !== undefined) return notAllowed(violation, setting);
  if (error instanceof JetStreamApiError && isFull(error)) return storeFull(error, setting);
  if (isAccountWithout(error)) return withoutJetStream(setting, "for this account");
  return new HustingsError(
    "bus_down",
    `The server ${serverUrl(setting)} did not carry this out (${
      said(error)
    }). What was acknowledged ` +
      "before is on the server; nothing else was sent: try again, and look at 'hustings doctor'",
    { cause: error },
  );
}

/** What kept this process from coming to any of the servers. */
export function connectFault(error: unknown, setting: NatsSetting): HustingsError {
  if (error instanceof HustingsError) return error;
  const url = serverUrl(setting);
  const why = said(error);
  if (error instanceof errors.AuthorizationError || /authorization violation/i.test(why)) {
    return new HustingsError(
      "not_admitted",
      `The server ${url} does not let this program in as ${
        loginOf(setting)
      }: correct the user, password, ` +
        "token or credentials in HUSTINGS_URL, or with 'hustings join URL'",
      { cause: error },
    );
  }
  if (/does not support 'tls'/.test(why)) {
    return new HustingsError(
      "not_admitted",
      `The server ${url} does not encrypt, and its URL demands it: enable TLS on the server, ` +
        "or write 'nats://' and no certificate files where an open line is meant",
      { cause: error },
    );
  }
  if (
    /certificate|UnknownIssuer|self.signed|unable to (get|verify)|tls|handshake|BadSignature/i.test(
      why,
    )
  ) {
    const cure = setting.ca === undefined
      ? "name the authority that signed its certificate with '?ca=FILE'"
      : `see that '${setting.ca}' is the authority that signed its certificate, and that the name in the URL is in it`;
    return new HustingsError(
      "not_admitted",
      `No encrypted line to ${url} was made (${why}): ${cure}; a server that asks for one needs '?cert=FILE&key=FILE', too`,
      { cause: error },
    );
  }
  return new HustingsError(
    "bus_down",
    `No server of the bus can be reached at ${
      setting.servers.join(" or ")
    } (${why}): start it, or correct ` +
      "HUSTINGS_URL, or the address given with 'hustings join URL'. What was acknowledged before is on the server",
    { cause: error },
  );
}

/** The server has, or gives this account, no JetStream. */
export function withoutJetStream(setting: NatsSetting, where: string): HustingsError {
  return new HustingsError(
    "not_admitted",
    `JetStream, in which the bus keeps its messages, is not enabled ${where}: at ${
      serverUrl(setting)
    } write ` +
      "'jetstream {}' into the configuration of the server, and for an account 'jetstream: enabled'",
  );
}

interface Violation {
  readonly operation: string;
  readonly subject: string;
}

function isViolation(error: unknown): Violation | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  for (const each of [error, cause]) {
    if (each instanceof errors.PermissionViolationError) return each;
  }
  return undefined;
}

/** What `operation` and `subject` say that this user may not do. */
export function notAllowed({ operation, subject }: Violation, setting: NatsSetting): HustingsError {
  const what = operation === "subscription" ? "subscribe to" : "publish to";
  return new HustingsError(
    "not_admitted",
    `The server ${serverUrl(setting)} does not allow ${
      loginOf(setting)
    } to ${what} '${subject}': ` +
      "give it the permissions that 'hustings help join' lists",
  );
}

function isFull(error: JetStreamApiError): boolean {
  return fullCodes.has(error.code) ||
    /maximum (messages|bytes)|resource limits|no space/i.test(error.message);
}

function storeFull(error: JetStreamApiError, setting: NatsSetting): HustingsError {
  return new HustingsError(
    "store_full",
    `The server ${
      serverUrl(setting)
    } takes no more messages (${error.message}), so this one was not sent: ` +
      "raise the limits of its JetStream storage, or make room on its disk. What is there can still be read",
    { cause: error },
  );
}

function isAccountWithout(error: unknown): boolean {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.some((each) => each instanceof JetStreamApiError && each.code === 10039);
}

function loginOf({ user, token, creds }: NatsSetting): string {
  if (creds !== undefined) return `the user of '${creds}'`;
  if (token !== undefined) return "the holder of this token";
  return user === undefined ? "an unnamed user" : `user '${user}'`;
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message === "" ? error.name : error.message;
  return message.replace(/\.+$/, "");
}
