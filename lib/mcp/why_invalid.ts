const fields = ["jsonrpc", "id", "method", "params"];

/** What keeps `value` from being a JSON-RPC request or notification, as a sentence for its author. */
export function whyInvalid(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return "A JSON-RPC message is an object, and this line holds none";
  }
  const message = value as Record<string, unknown>;
  if (message["jsonrpc"] !== "2.0") return `'jsonrpc' must be "2.0"`;
  if (typeof message["method"] !== "string") return "'method' must be a text";
  if ("id" in message && usableId(message) === null) {
    return "'id' must be a text or a whole number; leave it out for a notification";
  }
  if ("params" in message && !isObject(message["params"])) return "'params' must be an object";
  const stranger = Object.keys(message).find((key) => !fields.includes(key));
  if (stranger !== undefined) return `A JSON-RPC message has no field '${stranger.slice(0, 60)}'`;
  return "The message has not the form that MCP gives it";
}

/** The id under which `value` can be answered; null where there is none. */
export function usableId(value: unknown): string | number | null {
  const id = isObject(value) ? value["id"] : undefined;
  return typeof id === "string" || Number.isSafeInteger(id) ? id as string | number : null;
}

/** True for an answer to a request, however broken: nobody answers answers. */
export function isAnswer(value: unknown): boolean {
  return isObject(value) && !("method" in value) && ("result" in value || "error" in value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
