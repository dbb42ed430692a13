import { useEffect, useState } from "preact/hooks";
import type { SeenMessage } from "../../core/bus_view/conversations.ts";
import { closeThread, setStopped, showToPerson } from "./actions.ts";
import { Composer } from "./composer.tsx";
import { Deliveries } from "./deliveries.tsx";
import { Icon } from "./icon.tsx";
import type { PageStore } from "./page_store.ts";
import { beginningOf, plainLine, plainText } from "./shown.ts";
import { whoIn } from "./threads_pane.tsx";
import { Moment } from "./times.tsx";
import { VirtualList } from "./virtual_list.tsx";

/** One conversation: its messages with what became of each, and a place to answer. */
export function ThreadPane({ store, id }: { readonly store: PageStore; readonly id: number }) {
  const { ui, view } = store;
  const thread = view.conversations.thread(id);
  const isStopped = view.isStopped(id);
  const [answered, setAnswered] = useState<number>();
  useEffect(() => setAnswered(undefined), [id]);
  useEffect(() => void showToPerson(store, id), [id, ui.person.unshown]);
  const target = thread?.messages.find((message) => message.id === answered) ??
    lastOfOthers(thread?.messages ?? [], ui.person.name);
  return (
    <section class="pane thread" aria-labelledby="thread-title" tabIndex={-1} id="thread">
      <header class="pane-head">
        <button type="button" class="quiet" aria-label="Close" onClick={() => closeThread(store)}>
          <Icon name="back" />
        </button>
        <h2 id="thread-title" class="clip">{thread ? whoIn(thread) : `Conversation #${id}`}</h2>
        <button type="button" onClick={() => setStopped(store, id, !isStopped)}>
          <Icon name={isStopped ? "play" : "stop"} /> {isStopped ? "Resume" : "Stop"}
        </button>
      </header>
      {isStopped && (
        <p class="remark">
          Stopped: agents cannot answer here, until you write, or resume it.
        </p>
      )}
      {thread === undefined
        ? <p class="empty">{ui.isLoading ? "Reading it." : "Nothing is left of it."}</p>
        : (
          <VirtualList
            key={id}
            items={thread.messages}
            keyOf={(message) => message.id}
            rowPixels={120}
            label="Messages"
            sticksToEnd
            frame={{ tabIndex: 0, role: "region", "aria-label": "Messages of the conversation" }}
            render={(message) => (
              <MessageCard
                store={store}
                message={message}
                isTarget={message.id === target?.id}
                answer={() => {
                  setAnswered(message.id);
                  document.getElementById("answer")?.focus();
                }}
              />
            )}
          />
        )}
      {target !== undefined && <Composer store={store} replyTo={target} key={id} />}
    </section>
  );
}

/** What a person answers who chooses none: the last message that is not their own. */
function lastOfOthers(messages: readonly SeenMessage[], me: string | undefined) {
  return messages.findLast(({ from }) => from !== me) ?? messages.at(-1);
}

interface CardProps {
  readonly store: PageStore;
  readonly message: SeenMessage;
  /** The composer answers this one. */
  readonly isTarget: boolean;
  readonly answer: () => void;
}

function MessageCard({ store, message, isTarget, answer }: CardProps) {
  const { id, from, atMs, replyTo } = message;
  const { ui, view } = store;
  const isOwn = from === ui.person.name;
  return (
    <article class="message" data-own={isOwn ? "" : undefined} aria-label={`Message ${id}`}>
      <header>
        <strong>{plainLine(from)}</strong>
        <span class="meta faint small">
          #{id}
          {replyTo !== undefined && `, answers #${replyTo}`}
        </span>
        <Moment atMs={atMs} nowMs={ui.nowMs} />
        <button
          type="button"
          class="quiet"
          aria-pressed={isTarget}
          aria-label={`Answer message ${id}`}
          onClick={answer}
        >
          <Icon name="reply" />
        </button>
      </header>
      <Text text={message.text} />
      <Deliveries message={message} view={view} />
    </article>
  );
}

/** A text of somebody else: text and nothing else, with its commands to the screen made visible. */
function Text({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  const beginning = beginningOf(text);
  return (
    <>
      <p class="text" dir="auto">{plainText(isWhole ? text : beginning.text)}</p>
      {beginning.isCut && (
        <button type="button" class="link" onClick={() => setWhole(!isWhole)}>
          {isWhole
            ? "Show the beginning only"
            : `Show all ${text.length.toLocaleString()} characters`}
        </button>
      )}
    </>
  );
}
