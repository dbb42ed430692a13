import type { AllowedCommands } from "../agents/allowed_commands.ts";
import { oneLine } from "../agents/fenced.ts";
import type { Bus } from "../bus/bus.ts";
import type { StatusResult } from "../core/types.ts";
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
      description:
        "Who is broker or which server carries it, who is here, how many messages are queued",
      mimeType,
    }],
  };
}

/**
 * Reads the resource `wanted`; `allowed` is what the user has allowed. Rejects with an `RpcError` when
 * there is none such.
 */
export async function readResource(wanted: unknown, bus: Bus, allowed: AllowedCommands) {
  if (wanted !== uri) {
    const why = `There is no resource ${JSON.stringify(wanted)}: the only one is ${uri}`;
    throw new RpcError(rpcCodes.resourceNotFound, why);
  }
  const [status, { members, unclaimed }] = await Promise.all([bus.status(), bus.list()]);
  const state = {
    ...status,
    ...(status.broker === undefined ? {} : { broker: readable(status.broker) }),
    ...(status.server === undefined ? {} : { server: readable(status.server) }),
    members: members.map(readable),
    unclaimed,
    ...withSettings(status, allowed),
  };
  return { contents: [{ uri, mimeType, text: JSON.stringify(state, asData, 2) }] };
}

/** The commands that the user has allowed, and all warnings: settings that are wrong are one. */
function withSettings({ warnings = [] }: StatusResult, { commands, fault }: AllowedCommands) {
  const all = [...warnings, ...(fault === undefined ? [] : [fault])];
  return {
    ...(commands.size === 0 ? {} : { commands: [...commands.keys()] }),
    ...(all.length === 0 ? {} : { warnings: all }),
  };
}

/** Moments are kept in milliseconds; here they are for reading. */
function readable<T extends { readonly sinceMs: number; readonly activitySinceMs?: number }>(
  { sinceMs, activitySinceMs, ...rest }: T,
) {
  return {
    ...rest,
    since: moment(sinceMs),
    ...(activitySinceMs === undefined ? {} : { activitySince: moment(activitySinceMs) }),
  };
}

function moment(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Directories, branches and clients are what other agents say of themselves. */
function asData(_key: string, value: unknown): unknown {
  return typeof value === "string" ? oneLine(value) : value;
}
