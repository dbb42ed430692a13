import { useEffect } from "preact/hooks";
import { AgentsPane } from "./agents_pane.tsx";
import { showTab } from "./actions.ts";
import { BusPane } from "./bus_pane.tsx";
import { HelpDialog } from "./help_dialog.tsx";
import { LetterDialog } from "./letter_dialog.tsx";
import type { PageStore, Tab } from "./page_store.ts";
import { shortcuts } from "./shortcuts.ts";
import { ThreadPane } from "./thread_pane.tsx";
import { ThreadsPane } from "./threads_pane.tsx";
import { TopBar } from "./top_bar.tsx";
import { useStore } from "./use_store.ts";
import { webLimits } from "../web_limits.ts";

/** The whole page. */
export function App({ store }: { readonly store: PageStore }) {
  useStore(store);
  useEffect(() => shortcuts(store), [store]);
  const { ui } = store;
  const forPerson = ui.person.unshown.length;
  useEffect(() => {
    document.title = forPerson === 0 ? "Hustings" : `(${forPerson}) Hustings`;
  }, [forPerson]);
  if (ui.link === "refused") return <NoKey />;
  return (
    <div class="page" data-tab={ui.tab} data-open={ui.thread === undefined ? undefined : ""}>
      <a class="skip" href="#threads">Skip to the conversations</a>
      <TopBar store={store} />
      <main>
        <AgentsPane store={store} />
        <ThreadsPane store={store} />
        {ui.thread !== undefined && <ThreadPane store={store} id={ui.thread} />}
        <BusPane store={store} />
      </main>
      <Tabs store={store} />
      {ui.draft !== undefined && <LetterDialog store={store} draft={ui.draft} />}
      {ui.isHelpOpen && <HelpDialog store={store} />}
      <Notice store={store} />
    </div>
  );
}

const tabs: readonly (readonly [Tab, string])[] = [
  ["agents", "Agents"],
  ["threads", "Conversations"],
  ["bus", "Bus"],
];

/** Where there is room for one pane only. */
function Tabs({ store }: { readonly store: PageStore }) {
  return (
    <nav class="tabs" aria-label="Panes">
      {tabs.map(([tab, title]) => (
        <button
          key={tab}
          type="button"
          aria-current={store.ui.tab === tab ? "page" : undefined}
          onClick={() => showTab(store, tab)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

function Notice({ store }: { readonly store: PageStore }) {
  const { notice } = store.ui;
  useEffect(() => {
    if (notice === undefined) return;
    const timer = setTimeout(() => store.change({ notice: undefined }), webLimits.noticeMs);
    return () => clearTimeout(timer);
  }, [notice]);
  return <p class="notice" role="status" data-empty={notice ? undefined : ""}>{notice}</p>;
}

function NoKey() {
  return (
    <main class="no-key">
      <h1>Hustings</h1>
      <p>
        This page opens with the link that <code>hustings dashboard</code>{" "}
        printed in its terminal: the key in it is made anew each time.
      </p>
    </main>
  );
}
