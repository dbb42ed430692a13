import { useState } from "preact/hooks";
import type { SeenMessage } from "../../core/bus_view/conversations.ts";
import type { SentView } from "../protocol.ts";
import { joinAs, openThread, sendLetter } from "./actions.ts";
import { reasonOf } from "./ask.ts";
import type { PageStore } from "./page_store.ts";
import { plainLine } from "./shown.ts";

export interface ComposerProps {
  readonly store: PageStore;
  /** What is answered; absent for a new message. */
  readonly replyTo?: SeenMessage;
  /** To whom a new message goes, at first. */
  readonly to?: string;
  readonly onSent?: () => void;
}

const namePlace = "hustings-name";

/** Where a person writes: an answer, or a new message, and before the first one a name. */
export function Composer({ store, replyTo, to = "", onSent }: ComposerProps) {
  const [name, setName] = useState(localStorage.getItem(namePlace) ?? "");
  const [readers, setReaders] = useState(to);
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const [sent, setSent] = useState<SentView>();
  const me = store.ui.person.name;
  const send = async () => {
    setSending(true);
    setTrouble(undefined);
    setSent(undefined);
    try {
      if (me === undefined) await joinAs(store, name.trim());
      localStorage.setItem(namePlace, store.ui.person.name ?? name);
      const told = replyTo === undefined
        ? await sendLetter(store, { to: namesIn(readers), text })
        : await sendLetter(store, { to: [], text, replyTo: replyTo.id });
      setText("");
      setSent(told);
      if (replyTo === undefined) openThread(store, told.id);
      onSent?.();
    } catch (error) {
      setTrouble(reasonOf(error));
    } finally {
      setSending(false);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (!isSending) send();
  };
  return (
    <form class="composer" onSubmit={submit} aria-label={replyTo ? "Answer" : "New message"}>
      {me === undefined && <Name name={name} setName={setName} />}
      {replyTo === undefined && <Readers store={store} readers={readers} set={setReaders} />}
      <textarea
        id={replyTo ? "answer" : "text"}
        rows={replyTo ? 2 : 5}
        required
        value={text}
        aria-label={replyTo ? `Answer to ${plainLine(replyTo.from)}` : "Text"}
        placeholder={replyTo
          ? `Answer ${plainLine(replyTo.from)} (#${replyTo.id})`
          : "What you want to say"}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      />
      <div class="composer-foot">
        <p class="small" role="status">
          {trouble !== undefined && <span class="bad">{plainLine(trouble)}</span>}
          {sent !== undefined && <Sent sent={sent} />}
          {trouble === undefined && sent === undefined && me !== undefined && (
            <span class="faint">You write as {plainLine(me)}</span>
          )}
        </p>
        <kbd class="faint">Ctrl Enter</kbd>
        <button type="submit" class="main" disabled={isSending}>
          {isSending ? "Sending" : "Send"}
        </button>
      </div>
    </form>
  );
}

/** The names in a list that somebody typed. */
function namesIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((name) => name !== "");
}

function Name({ name, setName }: { readonly name: string; setName(name: string): void }) {
  return (
    <label class="field">
      <span>Your name on the bus</span>
      <input
        name="person"
        required
        maxLength={32}
        value={name}
        autoComplete="nickname"
        placeholder="for example: ada"
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
    </label>
  );
}

interface ReadersProps {
  readonly store: PageStore;
  readonly readers: string;
  set(readers: string): void;
}

function Readers({ store, readers, set }: ReadersProps) {
  const { members } = store.view;
  const rooms = new Set(members.flatMap((member) => member.rooms));
  return (
    <label class="field">
      <span>To</span>
      <input
        name="to"
        required
        list="readers"
        value={readers}
        autoComplete="off"
        placeholder="names, #room, or * for everyone"
        onInput={({ currentTarget }) => set(currentTarget.value)}
      />
      <datalist id="readers">
        {members.map(({ name }) => <option key={name} value={plainLine(name)} />)}
        {[...rooms].map((room) => <option key={room} value={plainLine(room)} />)}
        <option value="*" />
      </datalist>
    </label>
  );
}

function Sent({ sent }: { readonly sent: SentView }) {
  const shown = sent.recipients.slice(0, 3);
  const more = sent.recipients.length - shown.length;
  return (
    <span>
      #{sent.id} is on disk.{" "}
      {shown.map(({ name, outlook }) => `${plainLine(name)}: ${plainLine(outlook)}.`).join(" ")}
      {more > 0 && ` And ${more} more.`}
    </span>
  );
}
