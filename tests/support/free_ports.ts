import { limits } from "../../lib/core/limits.ts";

/**
 * Ports that are free at this moment, below those that the system gives to outgoing connections, so
 * that none of these takes one of them before the test does.
 */
export function freePorts(count: number): number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** The first port of a bus: one with as many above it that are free at this moment, too. */
export function freeBase(): number {
  for (;;) {
    const base = 12_000 + Math.floor(Math.random() * 1_800) * 10;
    const ports = Array.from({ length: limits.portCount }, (_, index) => base + index);
    if (ports.every(isFree)) return base;
  }
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
