import type { HistoryEntry } from "../../core/types.ts";
import { openThread, searchOn } from "./actions.ts";
import type { PageStore, Search } from "./page_store.ts";
import { firstLine, plainLine } from "./shown.ts";
import { Moment } from "./times.tsx";
import { VirtualList } from "./virtual_list.tsx";

/** Characters before a match that are shown with it. */
const leadLength = 40;

/** The messages that a search found, the newest first. */
export function SearchResults(
  { store, search }: { readonly store: PageStore; readonly search: Search },
) {
  const { found, isLooking, before, trouble } = search;
  const count = found.length === 1 ? "1 message" : `${found.length} messages`;
  const more = before === undefined ? "" : " so far";
  return (
    <>
      <p class="faint small pad" role="status">
        {trouble ?? (isLooking ? "Looking through the history." : `${count} found${more}`)}
      </p>
      <VirtualList
        items={found}
        keyOf={({ id }) => id}
        rowPixels={84}
        label="Messages found"
        footer={before !== undefined && !isLooking && (
          <button
            type="button"
            class="wide"
            onClick={() => searchOn(store)}
          >
            Look further back
          </button>
        )}
        render={(entry, isTabStop) => (
          <Found store={store} entry={entry} words={search.words} isTabStop={isTabStop} />
        )}
      />
    </>
  );
}

interface FoundProps {
  readonly store: PageStore;
  readonly entry: HistoryEntry;
  readonly words: string;
  readonly isTabStop: boolean;
}

function Found({ store, entry, words, isTabStop }: FoundProps) {
  const { id, from, to, atMs, text, thread } = entry;
  const readers = to.slice(0, 3).map(({ name }) => name).concat(to.length > 3 ? ["…"] : []);
  const open = () => {
    store.view.takeHistory([entry]);
    openThread(store, thread);
  };
  return (
    <button
      type="button"
      class="pick thread-row"
      tabIndex={isTabStop ? 0 : -1}
      onClick={open}
    >
      <span class="thread-head">
        <strong class="clip">{plainLine(`${from} to ${readers.join(", ") || "nobody"}`)}</strong>
        <Moment atMs={atMs} nowMs={store.ui.nowMs} />
      </span>
      <span class="snippet">
        <Marked text={text} words={words} />
      </span>
      <span class="faint small">#{id}</span>
    </button>
  );
}

/** The part of a text around the first match, which is marked. */
function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  const at = text.toLowerCase().indexOf(words.toLowerCase());
  if (at === -1) return <>{firstLine(text)}</>;
  const lead = text.slice(Math.max(0, at - leadLength), at);
  const end = at + words.length;
  return (
    <>
      {at > leadLength && "…"}
      {plainLine(lead)}
      <mark>{plainLine(text.slice(at, end))}</mark>
      {plainLine(text.slice(end, end + 200))}
    </>
  );
}
