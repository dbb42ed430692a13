import { HustingsError, toHustingsError } from "../../core/errors.ts";
import { InvariantViolation } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import type {
  AttendOperation,
  HelloOperation,
  Operation,
  OperationName,
} from "../../core/operations.ts";
import type { Reply, Request } from "../../core/wire.ts";
import type { Kin } from "./kin_of.ts";

/** The way back to one member. */
export interface Sink {
  reply(reply: Reply): void;
}

/** What a session asks its hub to do. Each resolves with the operation's result. */
export interface SessionHost {
  /** Takes a name for the process; resolves with the mailbox. */
  join(session: Session, hello: HelloOperation): Promise<unknown>;
  /** Lets the process speak for a member; rejects with `not_joined` where there is none such. */
  attend(session: Session, operation: AttendOperation): Promise<unknown>;
  carryOut(session: Session, request: Request): Promise<unknown>;
  /** What is shown to somebody who is no member, and what that one may do. */
  look(session: Session, request: Request): Promise<unknown>;
  left(session: Session): void;
}

/** Who a session speaks for, once it has said hello. */
export interface Membership {
  readonly instance: string;
  readonly mailbox: number;
  /** Of a member; one that only attends has none. */
  readonly kin: Kin | undefined;
  /** A person types what it sends. */
  readonly human: boolean;
}

/** What somebody who only attends may ask: to read, and to wait for something to read. */
const attendantsOperations: ReadonlySet<OperationName> = new Set(
  ["check", "ack", "release", "cancel", "watch", "ping", "bye", "status"] as const,
);

/**
 * One member's conversation with the broker.
 *
 * | state | entered by | left by | ignores |
 * |---|---|---|---|
 * | new | opening | hello, attend → joining; what needs no name is answered (`needsNoName`), any other request with `not_joined` | |
 * | joining | hello, from new or joined; attend, from new | its success → joined, with what came meanwhile; its failure → the state before | |
 * | joined | success of hello | bye, end → over | |
 * | over | bye, end | never | everything |
 *
 * One that attends is joined, too, but may only do what `attendantsOperations` names.
 */
export class Session {
  readonly #host: SessionHost;
  readonly #sink: Sink;
  #state: "new" | "joining" | "joined" | "over" = "new";
  #membership: Membership | undefined;
  #early: Request[] = [];
  #underWay = 0;

  constructor(host: SessionHost, sink: Sink) {
    this.#host = host;
    this.#sink = sink;
  }

  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** True once nobody is there to get an answer. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** Set by the host when a name was taken. */
  joined(membership: Membership): void {
    this.#membership = membership;
  }

  /** Takes one request; its reply comes through the sink. */
  receive(request: Request): void {
    if (this.#state === "over") return;
    const { operation } = request;
    if (this.#state === "joining") {
      this.#keep(request);
    } else if (this.#attends && !attendantsOperations.has(operation.op)) {
      this.#refuse(request.id, onlyAttends(operation.op));
    } else if (operation.op === "hello") {
      this.#join(request.id, this.#host.join(this, operation));
    } else if (operation.op === "attend" && this.#state === "new") {
      this.#join(request.id, this.#host.attend(this, operation));
    } else if (operation.op === "attend") {
      this.#refuse(request.id, new HustingsError("bad_request", "A member attends nobody else"));
    } else if (this.#state === "new" && needsNoName(operation)) {
      this.#carryOut(request, () => this.#host.look(this, request));
    } else if (this.#state === "new") {
      this.#refuse(
        request.id,
        new HustingsError("not_joined", "Say hello first: nobody spoke yet"),
      );
    } else if (operation.op === "handover") {
      this.#refuse(request.id, new HustingsError("bad_request", "An agent takes no bus over"));
    } else if (operation.op === "bye") {
      this.#sink.reply({ id: request.id, ok: {} });
      this.#leave();
    } else this.#carryOut(request, () => this.#host.carryOut(this, request));
  }

  /** The connection is gone. */
  end(): void {
    if (this.#state !== "over") this.#leave();
  }

  refuse(id: number, error: HustingsError): void {
    this.#refuse(id, error);
  }

  get #attends(): boolean {
    return this.#membership !== undefined && this.#membership.kin === undefined;
  }

  #join(id: number, joined: Promise<unknown>): void {
    this.#state = "joining";
    joined.then((result) => {
      if (this.#state === "over") return;
      this.#state = "joined";
      this.#sink.reply({ id, ok: result });
      for (const request of this.#early.splice(0)) this.receive(request);
    }, (error) => {
      if (this.#state === "over") return;
      // A member that says hello again is still the one that it was.
      this.#state = this.#membership === undefined ? "new" : "joined";
      this.#failed(id, error);
      for (const request of this.#early.splice(0)) {
        // What waited for the name fails for the reason for which there is none.
        if (this.#membership === undefined) this.#failed(request.id, error);
        else this.receive(request);
      }
    });
  }

  #keep(request: Request): void {
    if (this.#early.length >= limits.requestsUnderWay) this.#refuse(request.id, tooMany());
    else this.#early.push(request);
  }

  #carryOut({ id }: Request, act: () => Promise<unknown>): void {
    if (this.#underWay >= limits.requestsUnderWay) return this.#refuse(id, tooMany());
    this.#underWay += 1;
    act().then(
      (result) => {
        this.#underWay -= 1;
        if (this.#state !== "over") this.#sink.reply({ id, ok: result });
      },
      (error) => {
        this.#underWay -= 1;
        this.#failed(id, error);
      },
    );
  }

  #leave(): void {
    this.#state = "over";
    this.#early = [];
    this.#host.left(this);
  }

  /** A fenced broker answers nothing: the member asks the next one again. */
  #failed(id: number, error: unknown): void {
    if (error instanceof InvariantViolation) throw error;
    const known = toHustingsError(error);
    if (known.code !== "fenced" && this.#state !== "over") this.#refuse(id, known);
  }

  #refuse(id: number, { code, message }: HustingsError): void {
    this.#sink.reply({ id, error: { code, message } });
  }
}

const nobodysOperations: ReadonlySet<OperationName> = new Set(
  ["status", "observe", "pause", "stop", "cancel"] as const,
);

/** To look on, and what a person does who looks on: nobody is in a list for that. */
function needsNoName(operation: Operation): boolean {
  if (operation.op === "history") return operation.everyone === true;
  return nobodysOperations.has(operation.op);
}

function onlyAttends(op: string): HustingsError {
  return new HustingsError(
    "bad_request",
    `Who attends for a member may not ask for '${op}': use ${[...attendantsOperations].join(", ")}`,
  );
}

function tooMany(): HustingsError {
  return new HustingsError(
    "too_many_requests",
    `More than ${limits.requestsUnderWay} requests are under way: wait for their answers first`,
  );
}
