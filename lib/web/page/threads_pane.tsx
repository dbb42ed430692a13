import { useEffect, useState } from "preact/hooks";
import type { SeenMessage, SeenThread } from "../../core/bus_view/conversations.ts";
import { openThread, search } from "./actions.ts";
import { leastState, Pips } from "./deliveries.tsx";
import { Icon } from "./icon.tsx";
import type { PageStore } from "./page_store.ts";
import { readOlder } from "./read_history.ts";
import { SearchResults } from "./search_results.tsx";
import { firstLine, plainLine } from "./shown.ts";
import { Moment } from "./times.tsx";
import { VirtualList } from "./virtual_list.tsx";

/** After the last key, in ms, before the search begins. */
const typingMs = 250;

/** The conversations, that with the newest message first; or what a search found. */
export function ThreadsPane({ store }: { readonly store: PageStore }) {
  const { ui, view } = store;
  const ids = view.conversations.threadIds;
  return (
    <section class="pane threads" aria-labelledby="threads-title" tabIndex={-1} id="threads">
      <header class="pane-head">
        <h2 id="threads-title">Conversations</h2>
        <button type="button" class="main" onClick={() => store.change({ draft: { to: "" } })}>
          <Icon name="pen" /> New message
        </button>
      </header>
      <SearchField store={store} />
      {ui.search !== undefined && <SearchResults store={store} search={ui.search} />}
      {ui.search === undefined && ids.length === 0 && (
        <p class="empty">{ui.isLoading ? "Reading the history." : "Nobody has written yet."}</p>
      )}
      {ui.search === undefined && (
        <VirtualList
          items={ids}
          keyOf={(id) => id}
          rowPixels={84}
          label="Conversations"
          activeIndex={ui.thread === undefined ? -1 : ids.indexOf(ui.thread)}
          onEnd={() => readOlder(store)}
          render={(id, isTabStop) => <ThreadRow store={store} id={id} isTabStop={isTabStop} />}
        />
      )}
    </section>
  );
}

function SearchField({ store }: { readonly store: PageStore }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => search(store, words), typingMs);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <div class="search">
      <input
        id="search"
        type="search"
        value={words}
        maxLength={256}
        placeholder="Search all messages"
        aria-label="Search all messages"
        onInput={({ currentTarget }) => setWords(currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

interface RowProps {
  readonly store: PageStore;
  readonly id: number;
  readonly isTabStop: boolean;
}

function ThreadRow({ store, id, isTabStop }: RowProps) {
  const { ui, view } = store;
  const thread = view.conversations.thread(id);
  if (thread === undefined) return null;
  const last = thread.messages.at(-1)!;
  const state = leastState(last.to);
  const isForPerson = ui.person.unshown.some((message) => message.thread === id);
  return (
    <button
      type="button"
      class="pick thread-row"
      aria-current={ui.thread === id ? "true" : undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => openThread(store, id)}
    >
      <span class="thread-head">
        <strong class="clip">{whoIn(thread)}</strong>
        {isForPerson && <span class="tag accent">for you</span>}
        {view.isStopped(id) && <span class="tag">stopped</span>}
        <Moment atMs={last.atMs} nowMs={ui.nowMs} />
      </span>
      <span class="snippet">{firstLine(last.text)}</span>
      <span class="thread-foot faint small">
        {state !== undefined && <Pips state={state} />}
        {state}
        <span class="push">
          {thread.messages.length === 1 ? "1 message" : `${thread.messages.length} messages`}
        </span>
      </span>
    </button>
  );
}

/** Who takes part, in the order in which they came. */
export function whoIn({ messages }: SeenThread): string {
  const names = new Set<string>();
  const ends = messages.length > 40 ? [...messages.slice(0, 20), ...messages.slice(-20)] : messages;
  for (const message of ends) for (const name of namesIn(message)) names.add(name);
  const all = [...names].map(plainLine);
  const more = all.length > 4 ? ` and ${all.length - 3} more` : "";
  return more === "" ? all.join(", ") : `${all.slice(0, 3).join(", ")}${more}`;
}

function namesIn({ from, to }: SeenMessage): string[] {
  return [from, ...to.map(({ name }) => name)];
}
