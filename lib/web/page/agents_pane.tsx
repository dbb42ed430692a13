import { useState } from "preact/hooks";
import type { MemberView } from "../../core/types.ts";
import { setPaused } from "./actions.ts";
import { Icon } from "./icon.tsx";
import type { PageStore } from "./page_store.ts";
import { plainLine } from "./shown.ts";
import { ago } from "./times.tsx";
import { VirtualList } from "./virtual_list.tsx";

/** Who is on the bus, and what each does; a click shows more of one. */
export function AgentsPane({ store }: { readonly store: PageStore }) {
  const { view } = store;
  const [opened, setOpened] = useState<string>();
  const { members, unclaimed, moreAway } = view;
  const here = members.filter(({ presence }) => presence !== "away").length;
  const footer = (
    <>
      {moreAway > 0 && <p class="faint small pad">and {moreAway} more that are away</p>}
      {unclaimed.length > 0 && <Unclaimed rows={unclaimed} />}
    </>
  );
  return (
    <section class="pane agents" aria-labelledby="agents-title" tabIndex={-1} id="agents">
      <header class="pane-head">
        <h2 id="agents-title">Agents</h2>
        <p class="faint">
          {here} {store.ui.trouble === undefined ? "here" : "last here"}
          {members.length > here && `, ${members.length - here} away`}
        </p>
      </header>
      {members.length === 0 && (
        <p class="empty">
          {view.snapshots === 0
            ? "Looking for the bus."
            : "Nobody is here yet. An agent appears as soon as its client starts it."}
        </p>
      )}
      <VirtualList
        items={members}
        keyOf={({ name }) => name}
        rowPixels={58}
        label="Agents"
        footer={footer}
        render={(member, isTabStop) => (
          <Agent
            store={store}
            member={member}
            isOpen={opened === member.name}
            isTabStop={isTabStop}
            toggle={() => setOpened(opened === member.name ? undefined : member.name)}
          />
        )}
      />
    </section>
  );
}

interface AgentProps {
  readonly store: PageStore;
  readonly member: MemberView;
  readonly isOpen: boolean;
  readonly isTabStop: boolean;
  readonly toggle: () => void;
}

function Agent({ store, member, isOpen, isTabStop, toggle }: AgentProps) {
  const { name, client, unread, broker } = member;
  const isPaused = store.view.isPaused(name);
  return (
    <div class="agent" data-presence={member.presence}>
      <button
        type="button"
        class="pick"
        aria-expanded={isOpen}
        tabIndex={isTabStop ? 0 : -1}
        onClick={toggle}
      >
        <span class="presence" aria-hidden="true" />
        <span class="agent-words">
          <span class="agent-name">
            <strong>{plainLine(name)}</strong>
            {broker && <span class="tag accent">broker</span>}
            {isPaused && <span class="tag">paused</span>}
          </span>
          <span class="faint small clip">{plainLine(client)}, {doing(member, store.ui.nowMs)}</span>
        </span>
        {unread > 0 && <span class="count" title="not read yet">{unread}</span>}
        {unread > 0 && <span class="hidden">unread messages</span>}
      </button>
      {isOpen && <AgentMore store={store} member={member} isPaused={isPaused} />}
    </div>
  );
}

function doing({ presence, activity, activitySinceMs, sinceMs }: MemberView, nowMs: number) {
  if (presence === "away") return `away, left ${ago(sinceMs, nowMs)}`;
  if (presence === "waiting") return "waits for messages";
  if (activity === undefined) return `came ${ago(sinceMs, nowMs)}`;
  const since = activitySinceMs === undefined ? "" : `, since ${ago(activitySinceMs, nowMs)}`;
  return `${activity === "working" ? "at work" : "idle"}${since}`;
}

function AgentMore(
  { store, member, isPaused }: Pick<AgentProps, "store" | "member"> & {
    readonly isPaused: boolean;
  },
) {
  const { name, directory, branch, rooms } = member;
  const all = store.view.paused.everyone;
  return (
    <div class="agent-more">
      <dl>
        <dt>Directory</dt>
        <dd class="mono">{plainLine(directory)}</dd>
        {branch !== undefined && <dt>Branch</dt>}
        {branch !== undefined && <dd class="mono">{plainLine(branch)}</dd>}
        {rooms.length > 0 && <dt>Rooms</dt>}
        {rooms.length > 0 && <dd>{rooms.map(plainLine).join(" ")}</dd>}
      </dl>
      <div class="buttons">
        <button type="button" onClick={() => store.change({ draft: { to: name } })}>
          <Icon name="pen" /> Write
        </button>
        <button
          type="button"
          disabled={all}
          title={all ? "Delivery to everyone is paused" : undefined}
          onClick={() => setPaused(store, name, !isPaused)}
        >
          <Icon name={isPaused ? "play" : "pause"} /> {isPaused ? "Resume" : "Pause"}
        </button>
      </div>
    </div>
  );
}

function Unclaimed(
  { rows }: { readonly rows: readonly { readonly name: string; readonly unread: number }[] },
) {
  return (
    <div class="unclaimed pad">
      <h3>Names that nobody has</h3>
      <ul>
        {rows.map(({ name, unread }) => (
          <li key={name}>
            <span class="clip">{plainLine(name)}</span>
            <span class="faint small">{unread} waiting</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
