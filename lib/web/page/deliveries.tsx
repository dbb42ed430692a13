import type { BusView } from "../../core/bus_view/bus_view.ts";
import type { SeenDelivery, SeenMessage } from "../../core/bus_view/conversations.ts";
import type { DeliveryState } from "../../core/delivery.ts";
import { webLimits } from "../web_limits.ts";
import { plainLine } from "./shown.ts";
import { took } from "./times.tsx";

const states: readonly DeliveryState[] = ["accepted", "handed", "read", "answered"];

/** What each state means, for who does not know the words. */
export const stateMeanings: Readonly<Record<DeliveryState, string>> = {
  accepted: "on disk, waits for its reader",
  handed: "with the reader's program",
  read: "the reader has seen it",
  answered: "the reader has answered",
};

/** How far a message has come with each of its readers. */
export function Deliveries(
  { message, view }: { readonly message: SeenMessage; readonly view: BusView },
) {
  const { to, atMs } = message;
  if (to.length === 0) return <p class="faint small">to nobody</p>;
  const list = (
    <ul class="deliveries" aria-label="Recipients">
      {to.map((delivery) => (
        <Delivery key={delivery.name} delivery={delivery} sentMs={atMs} view={view} />
      ))}
    </ul>
  );
  if (to.length <= webLimits.shownRecipients) return list;
  return (
    <details class="many">
      <summary>
        <Share to={to} /> {to.length} recipients: {countsOf(to)}
      </summary>
      {list}
    </details>
  );
}

interface DeliveryProps {
  readonly delivery: SeenDelivery;
  readonly sentMs: number;
  readonly view: BusView;
}

function Delivery({ delivery, sentMs, view }: DeliveryProps) {
  const { name, state, atMs } = delivery;
  const after = atMs === undefined || state === "accepted"
    ? ""
    : ` after ${took(Math.max(0, atMs - sentMs))}`;
  const isPaused = state === "accepted" && view.isPaused(name);
  return (
    <li class="delivery" data-state={state} title={stateMeanings[state]}>
      <span class="name">{plainLine(name)}</span>
      <Pips state={state} />
      <span class="state">{state}</span>
      <span class="faint">{isPaused ? " paused" : after}</span>
    </li>
  );
}

/** Four dots, as many of them full as states were passed: the word beside it says the same. */
export function Pips({ state }: { readonly state: DeliveryState }) {
  const passed = states.indexOf(state);
  return (
    <span class="pips" aria-hidden="true">
      {states.map((each, index) => <i key={each} data-full={index <= passed ? "" : undefined} />)}
    </span>
  );
}

/** A bar with the share of each state. */
function Share({ to }: { readonly to: readonly SeenDelivery[] }) {
  return (
    <span class="share" aria-hidden="true">
      {states.toReversed().map((state) => (
        <i key={state} data-state={state} style={{ flexGrow: count(to, state) }} />
      ))}
    </span>
  );
}

function countsOf(to: readonly SeenDelivery[]): string {
  return states.toReversed().filter((state) => count(to, state) > 0)
    .map((state) => `${count(to, state)} ${state}`).join(", ");
}

function count(to: readonly SeenDelivery[], state: DeliveryState): number {
  return to.filter((delivery) => delivery.state === state).length;
}

/** The state of who is least far: what a line about a conversation shows. */
export function leastState(to: readonly SeenDelivery[]): DeliveryState | undefined {
  return states.find((state) => to.some((delivery) => delivery.state === state));
}
