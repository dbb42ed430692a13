/** What a stream of lines can be asked for by kind. */
export const lineKinds = ["messages", "states", "members", "bus"] as const;
export type LineKind = typeof lineKinds[number];
