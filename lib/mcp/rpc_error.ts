/** The error codes of JSON-RPC that this server answers with. */
export const rpcCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  resourceNotFound: -32002,
} as const;

/** An error that is answered as a JSON-RPC error: the caller broke the protocol, not a rule of the bus. */
export class RpcError extends Error {
  override name = "RpcError";
  /** The MCP SDK copies it into the answer. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
