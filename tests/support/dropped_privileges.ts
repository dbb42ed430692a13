// Gives up what a server gives up, and prints what is left.
import { dropPrivileges } from "../../lib/mcp/drop_privileges.ts";
import { say } from "./say.ts";

const names = ["env", "sys", "ffi", "import", "net", "read", "write", "run"] as const;

dropPrivileges();
const states = names.map((name) => [name, Deno.permissions.querySync({ name }).state]);
say(JSON.stringify(Object.fromEntries(states)));
