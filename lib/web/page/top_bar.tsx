import { openThread, showTab } from "./actions.ts";
import { Icon } from "./icon.tsx";
import type { PageStore } from "./page_store.ts";
import { plainLine } from "./shown.ts";
import { applyTheme, otherTheme } from "./theme.ts";
import { inOffice } from "./times.tsx";

/** The head of the page: is it live, who is the broker, what wants attention. */
export function TopBar({ store }: { readonly store: PageStore }) {
  const { trouble } = store.ui;
  return (
    <header class="top">
      <h1>
        <Mark /> Hustings
      </h1>
      <LiveMark store={store} />
      <BrokerLine store={store} />
      <div class="top-end">
        <ForPerson store={store} />
        <Alerts store={store} />
        <button
          type="button"
          class="quiet"
          aria-label="Light or dark"
          title="Light or dark (t)"
          onClick={() => applyTheme(otherTheme())}
        >
          <Icon name="theme" />
        </button>
        <button
          type="button"
          class="quiet"
          aria-label="Keys and words"
          title="Keys and words (?)"
          onClick={() => store.change({ isHelpOpen: true })}
        >
          <Icon name="help" />
        </button>
      </div>
      {trouble !== undefined && <p class="banner" role="alert">{plainLine(trouble.message)}</p>}
    </header>
  );
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M10 22V10m12 12V10M10 16h12" />
    </svg>
  );
}

const linkWords = {
  connecting: "connecting",
  live: "live",
  lost: "the dashboard is gone: is it still running?",
  refused: "no key",
};

function LiveMark({ store }: { readonly store: PageStore }) {
  const { link, trouble } = store.ui;
  const words = link === "live" && trouble !== undefined ? "no bus" : linkWords[link];
  return (
    <p class="live" role="status" data-live={words === "live" ? "" : undefined}>
      <span aria-hidden="true" />
      {words}
    </p>
  );
}

function BrokerLine({ store }: { readonly store: PageStore }) {
  const { status } = store.view;
  if (status === undefined) return null;
  const { broker, server } = status;
  if (server !== undefined) {
    return (
      <p class="broker-line faint clip">
        on the NATS server <strong>{plainLine(server.name)}</strong>, realm{" "}
        {plainLine(server.realm)}
      </p>
    );
  }
  if (broker === undefined) return null;
  const { name, epoch, sinceMs, pid } = broker;
  const who = plainLine(name) || `process ${pid}`;
  if (store.ui.trouble !== undefined) {
    return <p class="broker-line faint clip">{who} was the last broker, epoch {epoch}</p>;
  }
  return (
    <p class="broker-line faint clip">
      <strong>{who}</strong> is the broker, epoch {epoch}, for {inOffice(sinceMs, store.ui.nowMs)}
    </p>
  );
}

/** Leads to the first message to the person that was not shown yet. */
function ForPerson({ store }: { readonly store: PageStore }) {
  const { name, unshown } = store.ui.person;
  const [first] = unshown;
  if (name === undefined) return null;
  if (first === undefined) return <p class="faint you clip">{plainLine(name)}</p>;
  return (
    <button type="button" class="main" onClick={() => openThread(store, first.thread)}>
      {unshown.length} for you
    </button>
  );
}

function Alerts({ store }: { readonly store: PageStore }) {
  const faults = store.ui.examination?.findings.filter(({ level }) => level === "fault") ?? [];
  if (faults.length === 0) return null;
  return (
    <button type="button" class="bad" onClick={() => showTab(store, "bus")}>
      {faults.length === 1 ? "1 fault" : `${faults.length} faults`}
    </button>
  );
}
