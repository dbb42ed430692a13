import type { HelloOperation, Operation, ResultOf } from "../core/operations.ts";
import type { HelloResult } from "../core/types.ts";

/** Who asks the broker of this machine, whichever process that is: a member, or one that only looks on. */
export interface Caller {
  /** Presents this process to the bus, now and to each later broker. */
  join(hello: HelloOperation): Promise<HelloResult>;
  /** The name to ask a later broker for. */
  renamed(name: string): void;
  request<O extends Operation>(
    operation: O,
  ): { readonly id: number; readonly reply: Promise<ResultOf<O>> };
  leave(): Promise<void>;
}
