import { clientTitle } from "../../agents/find_client.ts";
import type { BusEvent, PausedView } from "../../core/bus_events.ts";
import { invariant } from "../../core/invariant.ts";
import type { HistoryEntry, MemberView, StatusResult } from "../../core/types.ts";
import type { Span } from "./grid.ts";
import { deliverySpan, fewNames, firstLine, stateWords, timeOfDay } from "./screen_words.ts";
import { styles } from "./styles.ts";
import { watchLimits } from "./watch_limits.ts";

/** Recipients of a message that a line names. */
const namesShown = 3;

/** How things were before what a line tells: it tells what changed. */
export interface Before {
  /** The member of an event as it was; undefined where it was not known. */
  readonly member: MemberView | undefined;
  readonly paused: PausedView;
  readonly stopped: readonly number[];
}

/** One line for a person about what happened; undefined where nothing that people care for did. */
export function eventLine(event: BusEvent, before: Before): Span[] | undefined {
  const words = eventWords(event, before);
  return words && [time(event.atMs), ...words];
}

/** The line that tells who the broker is, or on which server the bus rests. */
export function brokerLine({ broker, server }: StatusResult, atMs: number): Span[] {
  if (server !== undefined) {
    const place = `${server.url}, realm ${server.realm}, NATS ${server.version}`;
    const words = [plain("The bus is on the server "), { text: server.name, style: styles.bold }];
    return [time(atMs), ...words, dim(` (${place})`)];
  }
  invariant(broker !== undefined, "a bus has a broker or a server");
  const who = broker.name === "" ? "a process without an agent" : broker.name;
  const facts = `process ${broker.pid}, port ${broker.port}, epoch ${broker.epoch}`;
  return [
    time(atMs),
    { text: who, style: styles.bold },
    plain(" is the broker "),
    dim(`(${facts})`),
  ];
}

function eventWords(event: BusEvent, before: Before): Span[] | undefined {
  switch (event.kind) {
    case "message":
      return messageWords(event.message);
    case "delivery":
      return event.state === "accepted" ? queuedAgain(event) : [
        dim(`#${event.id} `),
        deliverySpan(event.state),
        plain(event.state === "handed" ? ` to ${event.name}` : ` by ${event.name}`),
      ];
    case "member":
      return memberWords(event.member, before.member);
    case "renamed":
      return [bold(event.former), plain(" is called "), bold(event.name), plain(" now")];
    case "paused":
      return pausedWords(event.paused, before.paused);
    case "stopped":
      return stoppedWords(event.threads, before.stopped);
  }
}

function messageWords({ id, from, to, replyTo, thread, text }: HistoryEntry): Span[] {
  const names = to.map(({ name }) => name);
  const place = replyTo !== undefined && replyTo !== thread
    ? ` (answers #${replyTo}, in #${thread})`
    : thread === id
    ? ""
    : ` (in #${thread})`;
  return [
    dim(`#${id} `),
    bold(from),
    plain(` → ${fewNames(names, namesShown) || "nobody"}`),
    dim(place),
    plain(`: ${firstLine(text, watchLimits.firstLineLength)}`),
  ];
}

/** Who was handed it has gone, or gave it back. */
function queuedAgain({ id, name }: { readonly id: number; readonly name: string }): Span[] {
  return [dim(`#${id} `), { ...deliverySpan("accepted") }, plain(` for ${name} again`)];
}

function memberWords(member: MemberView, before: MemberView | undefined): Span[] | undefined {
  const isHere = isPresent(member);
  if (before !== undefined && isPresent(before) === isHere) return undefined;
  if (before === undefined && !isHere) return undefined;
  const unread = member.unread > 0 ? `, ${member.unread} ${stateWords.accepted}` : "";
  if (!isHere) return [bold(member.name), plain(" went"), dim(unread)];
  const place = `${clientTitle(member.client)}, ${member.directory}`;
  return [bold(member.name), plain(" came "), dim(`(${place}${unread})`)];
}

function isPresent({ presence }: MemberView): boolean {
  return presence === "here" || presence === "waiting";
}

function pausedWords(now: PausedView, before: PausedView): Span[] | undefined {
  const from = (one: PausedView, other: PausedView) => [
    ...(one.everyone && !other.everyone ? ["everyone"] : []),
    ...one.names.filter((name) => !other.names.includes(name)),
  ];
  const paused = from(now, before);
  const resumed = from(before, now);
  if (paused.length + resumed.length === 0) return undefined;
  return [
    ...(paused.length === 0 ? [] : [plain(`Deliveries to ${fewNames(paused, 5)} are paused`)]),
    ...(paused.length > 0 && resumed.length > 0 ? [plain("; ")] : []),
    ...(resumed.length === 0 ? [] : [plain(`Deliveries to ${fewNames(resumed, 5)} go on`)]),
  ];
}

function stoppedWords(now: readonly number[], before: readonly number[]): Span[] | undefined {
  const named = (ids: readonly number[]) => fewNames(ids.map((id) => `#${id}`), 5);
  const stopped = now.filter((id) => !before.includes(id));
  const resumed = before.filter((id) => !now.includes(id));
  if (stopped.length + resumed.length === 0) return undefined;
  return [
    ...(stopped.length === 0 ? [] : [plain(`Conversation ${named(stopped)} is stopped`)]),
    ...(stopped.length > 0 && resumed.length > 0 ? [plain("; ")] : []),
    ...(resumed.length === 0 ? [] : [plain(`Conversation ${named(resumed)} goes on`)]),
  ];
}

function time(atMs: number): Span {
  return dim(`${timeOfDay(atMs)} `);
}

function plain(text: string): Span {
  return { text, style: styles.plain };
}

function bold(text: string): Span {
  return { text, style: styles.bold };
}

function dim(text: string): Span {
  return { text, style: styles.dim };
}
