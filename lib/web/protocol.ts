import type { Finding } from "../cli/doctor/findings.ts";
import type { ObserveResult } from "../core/bus_events.ts";
import type { Message } from "../core/types.ts";

/** The person who takes part through the dashboard. */
export interface PersonView {
  /** Absent before somebody has chosen it. */
  readonly name?: string;
  /** Messages to the person that no page has shown yet. */
  readonly unshown: readonly Message[];
}

/** What went wrong, in the words of the bus. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/**
 * What comes to a page on its stream, by the names of the events. The id of an `observed` event is its
 * cursor: a page that comes again with it goes on there.
 *
 * - `observed`: what happened on the bus.
 * - `trouble`: the bus cannot be asked at present; the stream goes on.
 * - `person`: who takes part, at first and whenever that changes.
 * - `quiet`: nothing happened for a while.
 */
export interface StreamEvents {
  readonly observed: ObserveResult;
  readonly trouble: Trouble;
  readonly person: PersonView;
  readonly quiet: Record<string, never>;
}

/** What the doctor found, and when. */
export interface Examination {
  readonly atMs: number;
  readonly findings: readonly Finding[];
}

/** What became of a message that the person sent. */
export interface SentView {
  readonly id: number;
  readonly recipients: readonly {
    readonly name: string;
    /** How it will notice. */
    readonly outlook: string;
  }[];
}
