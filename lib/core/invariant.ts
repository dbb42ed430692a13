/** Thrown where the program contradicts itself. Never caught on the way: the process ends, another takes over. */
export class InvariantViolation extends Error {
  override name = "InvariantViolation";
}

/** Ends the process (through the top-level handler) when `holds` is false. Stays on in production. */
export function invariant(holds: boolean, what: string): asserts holds {
  if (!holds) throw new InvariantViolation(`Invariant broken: ${what}`);
}
