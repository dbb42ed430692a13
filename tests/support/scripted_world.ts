import type { ElectionEvent } from "../../lib/core/election.ts";
import type { Reply, Request } from "../../lib/core/wire.ts";
import type {
  Claim,
  Leadership,
  Line,
  Sight,
  Uplink,
  UplinkEvents,
  World,
} from "../../lib/member/world.ts";

/** A connection of a member to a broker that a test plays. */
export class ScriptedUplink implements Uplink {
  readonly sent: Request[] = [];
  closed = false;
  readonly #events: UplinkEvents;

  constructor(events: UplinkEvents) {
    this.#events = events;
  }

  send(request: Request): void {
    this.sent.push(request);
  }

  close(): void {
    this.closed = true;
  }

  reply(reply: Reply): void {
    this.#events.onReply(reply);
  }

  /** Answers the last request with this operation. */
  answer(op: string, ok: unknown): void {
    this.reply({ id: this.sent.findLast(({ operation }) => operation.op === op)!.id, ok });
  }

  lose(): void {
    this.#events.onLost(false);
  }

  /** The operations that came, without the pulse. */
  get operations(): string[] {
    return this.sent.map(({ operation }) => operation.op).filter((op) => op !== "ping");
  }
}

/** A world in which a member only ever follows, where and when a test lets it. */
export class ScriptedWorld implements World {
  /** The connections so far. */
  readonly uplinks: ScriptedUplink[] = [];
  /** How looks end; what is not said is a broker that answers. */
  readonly events: ElectionEvent[] = [];
  looks = 0;
  isSlow = false;

  get uplink(): ScriptedUplink {
    return this.uplinks.at(-1)!;
  }

  hint(): undefined {
    return undefined;
  }

  async look(port: number): Promise<Sight> {
    await Promise.resolve();
    this.looks += 1;
    const event = this.events.shift() ?? { kind: "answered", port, epoch: this.looks };
    const line: Line = {
      follow: (events) => {
        const uplink = new ScriptedUplink(events);
        this.uplinks.push(uplink);
        return uplink;
      },
      close: () => {},
    };
    return event.kind === "answered" ? { event, line } : { event };
  }

  ask(): Promise<Sight> {
    throw new Error("This member never claims, so it asks no holder");
  }

  isBrokerSlow(): boolean {
    return this.isSlow;
  }

  claim(): Claim<unknown> {
    throw new Error("This member never leads");
  }

  depose(): Claim<unknown> {
    return this.claim();
  }

  lead(): Leadership {
    throw new Error("This member never leads");
  }
}
