import { oneLine } from "../agents/fenced.ts";
import type { Bus } from "../bus/bus.ts";
import { rpcCodes, RpcError } from "./rpc_error.ts";

const uri = "hustings://status";
const mimeType = "application/json";

/** The resources as `resources/list` shows them: the state of the bus is the only one. */
export function listResources() {
  return {
    resources: [{
      uri,
      name: "status",
      title: "State of the bus",
      description: "Who is broker, who is here, how many messages are queued",
      mimeType,
    }],
  };
}

/** Reads the resource `wanted`. Rejects with an `RpcError` when there is none such. */
export async function readResource(wanted: unknown, bus: Bus) {
  if (wanted !== uri) {
    const why = `There is no resource ${JSON.stringify(wanted)}: the only one is ${uri}`;
    throw new RpcError(rpcCodes.resourceNotFound, why);
  }
  const [status, { members, unclaimed }] = await Promise.all([bus.status(), bus.list()]);
  const state = {
    ...status,
    broker: readable(status.broker),
    members: members.map(readable),
    unclaimed,
  };
  return { contents: [{ uri, mimeType, text: JSON.stringify(state, asData, 2) }] };
}

/** Moments are kept in milliseconds; here they are for reading. */
function readable<T extends { readonly sinceMs: number }>({ sinceMs, ...rest }: T) {
  return { ...rest, since: new Date(sinceMs).toISOString() };
}

/** Directories, branches and clients are what other agents say of themselves. */
function asData(_key: string, value: unknown): unknown {
  return typeof value === "string" ? oneLine(value) : value;
}
