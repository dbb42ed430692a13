import { limits } from "../../core/limits.ts";

const highestPort = 65_535;

/**
 * The first of as many ports as a bus may use. It was free a moment ago; one that is taken is no
 * harm: the bus passes over it.
 */
export function freePorts(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return Math.min(port, highestPort - limits.portCount + 1);
}
