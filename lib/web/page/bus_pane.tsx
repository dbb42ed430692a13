import { messagesPerMinute, readLatencies } from "../../core/bus_view/traffic.ts";
import type { ReignView } from "../../core/bus_events.ts";
import type { Finding } from "../../cli/doctor/findings.ts";
import { webLimits } from "../web_limits.ts";
import { setPaused } from "./actions.ts";
import { Bars, Dots } from "./charts.tsx";
import { Icon } from "./icon.tsx";
import type { PageStore } from "./page_store.ts";
import { plainLine } from "./shown.ts";
import { ago, inOffice, Moment, span, took } from "./times.tsx";
import { askFindings } from "./watch_findings.ts";

/** The bus itself: who is the broker, how much moves and how fast, and what the doctor finds. */
export function BusPane({ store }: { readonly store: PageStore }) {
  return (
    <section class="pane bus" aria-labelledby="bus-title" tabIndex={-1} id="bus">
      <header class="pane-head">
        <h2 id="bus-title">Bus</h2>
        <Delivery store={store} />
      </header>
      <div class="scroller" tabIndex={0} role="region" aria-label="State of the bus">
        <Broker store={store} />
        <Traffic store={store} />
        <Reigns store={store} />
        <Findings store={store} />
      </div>
    </section>
  );
}

function Delivery({ store }: { readonly store: PageStore }) {
  const { everyone } = store.view.paused;
  return (
    <button type="button" onClick={() => setPaused(store, "*", !everyone)}>
      <Icon name={everyone ? "play" : "pause"} /> {everyone ? "Resume delivery" : "Pause delivery"}
    </button>
  );
}

function Broker({ store }: { readonly store: PageStore }) {
  const { status, backlog, members } = store.view;
  if (status === undefined) return <p class="empty">No broker was seen yet.</p>;
  const { broker, server, home } = status;
  const { nowMs, trouble } = store.ui;
  const here = members.filter(({ presence }) => presence !== "away").length;
  const isGone = trouble !== undefined;
  return (
    <div class="block">
      <dl class="figures">
        {broker !== undefined && (
          <>
            <Figure
              name={isGone ? "Last broker" : "Broker"}
              value={plainLine(broker.name) || `process ${broker.pid}`}
            />
            <Figure name="In office" value={isGone ? "no more" : inOffice(broker.sinceMs, nowMs)} />
          </>
        )}
        {server !== undefined && (
          <>
            <Figure name="NATS server" value={plainLine(server.name)} />
            <Figure name="Realm" value={plainLine(server.realm)} />
          </>
        )}
        <Figure name={isGone ? "Last here" : "Here"} value={String(here)} />
        <Figure name="Not read yet" value={backlog.toLocaleString()} />
      </dl>
      <p class="faint small">
        {broker !== undefined &&
          `Epoch ${broker.epoch}, process ${broker.pid}, port ${broker.port}, version ${
            plainLine(broker.version)
          }; messages in `}
        {server !== undefined &&
          `NATS ${plainLine(server.version)}, ${copies(server.replicas)} of each message, at `}
        <span class="mono">{plainLine(server?.url ?? home)}</span>
      </p>
      {status.warnings?.map((warning) => <p key={warning} class="bad">{plainLine(warning)}</p>)}
    </div>
  );
}

function copies(count: number): string {
  return count === 1 ? "one copy" : `${count} copies`;
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="clip">{value}</dd>
    </div>
  );
}

function Traffic({ store }: { readonly store: PageStore }) {
  const { conversations } = store.view;
  const { nowMs } = store.ui;
  const { chartMinutes, chartDeliveries } = webLimits;
  const rates = messagesPerMinute(conversations, Math.max(nowMs, Date.now()), chartMinutes);
  const latencies = readLatencies(conversations, 0, chartDeliveries);
  const { count, medianMs, p95Ms, eachMs } = latencies;
  const most = Math.max(...rates);
  const sum = rates.reduce((total, rate) => total + rate, 0);
  return (
    <>
      <figure class="block">
        <figcaption>
          <h3>Messages a minute</h3>
          <span class="faint small">{rates.at(-1)} in this one, at most {most}</span>
        </figcaption>
        <Bars
          values={rates}
          label={`${sum} messages in the last ${chartMinutes} minutes, at most ${most} in one`}
        />
        <p class="axis faint small">
          <span>{chartMinutes} min ago</span>
          <span>now</span>
        </p>
      </figure>
      <figure class="block">
        <figcaption>
          <h3>Until it is read</h3>
          <span class="faint small">
            {count === 0 ? "none yet" : `half within ${took(medianMs)}, 95 % within ${took(p95Ms)}`}
          </span>
        </figcaption>
        <Dots
          values={eachMs}
          label={count === 0
            ? "Nothing was read yet"
            : `${count} deliveries: half within ${took(medianMs)}, 95 % within ${took(p95Ms)}`}
        />
      </figure>
    </>
  );
}

function Reigns({ store }: { readonly store: PageStore }) {
  const { reigns } = store.view;
  if (reigns.length === 0) return null;
  return (
    <div class="block">
      <h3>Brokers</h3>
      <ol class="reigns">
        {reigns.map((reign, index) => (
          <Reign
            key={reign.epoch}
            reign={reign}
            endMs={reigns[index - 1]?.sinceMs}
            nowMs={store.ui.nowMs}
          />
        ))}
      </ol>
    </div>
  );
}

interface ReignProps {
  readonly reign: ReignView;
  /** When the next one began; undefined while it is the broker. */
  readonly endMs: number | undefined;
  readonly nowMs: number;
}

function Reign({ reign, endMs, nowMs }: ReignProps) {
  const { epoch, pid, port, sinceMs } = reign;
  const lasted = endMs === undefined
    ? `${inOffice(sinceMs, nowMs)} until now`
    : `for ${span(endMs - sinceMs)}`;
  return (
    <li data-current={endMs === undefined ? "" : undefined}>
      <strong>Epoch {epoch}</strong> <Moment atMs={sinceMs} nowMs={nowMs} />
      <span class="faint small">process {pid}, port {port}, {lasted}</span>
    </li>
  );
}

function Findings({ store }: { readonly store: PageStore }) {
  const { examination, nowMs } = store.ui;
  const all = examination?.findings ?? [];
  const wrong = all.filter(({ level }) => level !== "ok");
  const order = [
    ...all.filter(({ level }) => level === "fault"),
    ...wrong.filter(({ level }) => level === "note"),
  ];
  return (
    <div class="block">
      <div class="line">
        <h3>Doctor</h3>
        <button
          type="button"
          class="quiet"
          aria-label="Look again"
          onClick={() => askFindings(store)}
        >
          <Icon name="reload" />
        </button>
      </div>
      <p class="faint small">
        {examination === undefined
          ? "Looking at the bus."
          : `${all.length - wrong.length} of ${all.length} are well, looked at ${
            ago(examination.atMs, nowMs)
          }`}
      </p>
      <ul class="findings">
        {order.map((finding) => (
          <FindingRow key={`${finding.check}${finding.text}`} finding={finding} />
        ))}
      </ul>
    </div>
  );
}

function FindingRow({ finding }: { readonly finding: Finding }) {
  const { check, level, text, mend } = finding;
  return (
    <li data-level={level}>
      <span class="tag">{level}</span> <strong>{check}</strong>
      <p>{plainLine(text)}</p>
      {mend !== undefined && <p class="small">To mend it: {plainLine(mend)}</p>}
    </li>
  );
}
