/**
 * What can go wrong, as codes: stable words for peers and scripts. The text beside a code is for
 * people and models: it names the value and the cure.
 */
export const errorCodes = [
  "bad_request", // the request has not the form that it must have
  "bad_name", // a name with characters or a length that names cannot have
  "too_large", // text beyond the limit
  "empty_text", // nothing to say
  "no_recipient", // neither a name nor a message to answer
  "name_in_use", // somebody else has the name now
  "no_such_message", // not among what the caller sent or received
  "not_joined", // a request before hello
  "too_many_requests", // more under way, sent or left unread than the limit
  "bus_down", // no broker could be reached or become one in time
  "not_admitted", // the server of the bus does not let this program in, or not do what it has to
  "cancelled", // the caller gave the request up
  "store_full", // the disk does not take another message
  "store_busy", // another process keeps the store to itself for longer than a commit takes
  "store_damaged", // the store holds something that it did not write
  "fenced", // this broker was passed over: another one has the store
  "protocol", // the peer broke the protocol: the connection is closed
  "version", // no protocol version in common
  "internal", // a fault of this program
] as const;
export type ErrorCode = typeof errorCodes[number];

/**
 * An error that a peer, a person or a model may see. `fatal` ones end the connection they came from;
 * all others are answered and the connection goes on.
 */
export class HustingsError extends Error {
  override name = "HustingsError";
  readonly code: ErrorCode;
  readonly fatal: boolean;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { fatal?: boolean } = {}) {
    super(message, options);
    this.code = code;
    this.fatal = options.fatal ?? false;
  }
}

/** Whatever was thrown, as an error that may be shown: a fault of our own shows no stack trace. */
export function toHustingsError(thrown: unknown): HustingsError {
  if (thrown instanceof HustingsError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HustingsError("internal", `Internal fault: ${message}; nothing was changed`, {
    cause: thrown,
  });
}
