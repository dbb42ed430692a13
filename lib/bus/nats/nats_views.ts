import type { BusSnapshot } from "../../core/bus_events.ts";
import type { Clock, Random } from "../../core/clock.ts";
import type { ListOperation } from "../../core/operations.ts";
import type { ListResult, MemberView, StatusResult } from "../../core/types.ts";
import { pausedView } from "../../member/hub/hold_up.ts";
import { listAll, listMembers, viewsOf } from "../../member/hub/views.ts";
import type { Viewpoint } from "../../member/hub/views.ts";
import type { Directory } from "./directory.ts";
import type { LookingBack } from "./looking_back.ts";
import type { MailCounting } from "./mail_counting.ts";
import type { MessageShelf } from "./message_shelf.ts";
import { statusOfRealm } from "./nats_status.ts";
import { Observing } from "./observing.ts";
import type { Presence } from "./presence.ts";
import type { Realm } from "./realm.ts";

export interface NatsViewsOptions {
  readonly realm: Realm;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly counting: MailCounting;
  readonly lookingBack: LookingBack;
  readonly shelf: MessageShelf;
  readonly clock: Clock;
  readonly random: Random;
  /** The state directory of this user on this machine. */
  readonly home: string;
  /** The box of who looks; undefined for one that is no member. */
  me(): number | undefined;
}

/** What is shown of a bus on NATS, to members and to those who look on. */
export class NatsViews {
  readonly observing: Observing;
  readonly #options: NatsViewsOptions;

  constructor(options: NatsViewsOptions) {
    this.#options = options;
    const { realm, directory, presence } = options;
    this.observing = new Observing({
      ...options,
      link: realm,
      snapshot: () => this.#snapshot(),
      members: (boxes) => this.#members(boxes),
      nameOf: (box) => directory.look(({ mailboxes }) => mailboxes.byId(box)?.name),
      names: () =>
        directory.look(({ mailboxes }) =>
          mailboxes.all().map(({ id, name }) => [id, name] as const)
        ),
      paused: () => directory.look((view) => pausedView(view)),
      stopped: () => directory.look(({ oversight }) => oversight.stopped()),
      onDirectory: (heard) => directory.onChange(heard),
      onPresence: (heard) => presence.onBox(heard),
    });
  }

  /** As `Bus.list`; each that is said to be here was asked. */
  async list({ all }: Pick<ListOperation, "all">): Promise<ListResult> {
    const { counting, directory } = this.#options;
    const [counts] = await Promise.all([counting.of(), this.#lookAround(), directory.refresh()]);
    const view = this.#view();
    return directory.look(
      (rules) => all === true ? listAll(rules, view) : listMembers(rules, view),
      counts,
    );
  }

  /** As `Bus.status`. */
  async status(): Promise<StatusResult> {
    await this.#lookAround();
    return await statusOfRealm({ ...this.#options, view: this.#view() });
  }

  async #snapshot(): Promise<BusSnapshot> {
    const { directory } = this.#options;
    const [list, status] = await Promise.all([this.list({}), this.status()]);
    return directory.look((view) => ({
      list,
      status,
      reigns: [],
      paused: pausedView(view),
      stopped: view.oversight.stopped(),
    }));
  }

  async #members(boxes: readonly number[]): Promise<readonly MemberView[]> {
    const { counting, directory } = this.#options;
    const counts = await counting.of(boxes);
    return directory.look((rules) => viewsOf(rules, boxes, this.#view()), counts);
  }

  #view(): Viewpoint {
    const { me, presence, clock } = this.#options;
    return { me: me(), broker: undefined, presences: presence, nowMs: clock.wallMs() };
  }

  async #lookAround(): Promise<void> {
    const { directory, presence } = this.#options;
    const held = directory.look(({ mailboxes }) => mailboxes.held());
    await presence.look(new Set([...held.map(({ id }) => id), ...presence.mailboxesHere()]));
  }
}
