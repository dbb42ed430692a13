import type { NatsConnection } from "@nats-io/transport-node";
import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { Clock, Random } from "../../core/clock.ts";
import type { RealmNames } from "./realm_names.ts";

/** What messages need of the connection to a realm. */
export interface Link {
  readonly names: RealmNames;
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly clock: Clock;
  readonly random: Random;
  /** How many other processes of the realm are known: what all of them do at one moment is spread by it. */
  crowd: number;
  /**
   * Carries out a step that does no harm when it is repeated, again where the connection was lost, until
   * `limits.busDownMs` are over. Rejects with `bus_down` then, and with what the server refuses.
   */
  run<T>(step: () => Promise<T>): Promise<T>;
  /** Calls `heard` after each new connection; returns what ends that. */
  onReconnect(heard: () => void): () => void;
}
