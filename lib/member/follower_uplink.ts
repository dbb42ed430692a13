import type { Clock } from "../core/clock.ts";
import { decodeReply, encodeRequest } from "../core/wire.ts";
import { FramedConnection } from "./framed_connection.ts";
import { Pulse } from "./pulse.ts";
import type { PulseOptions } from "./pulse.ts";
import type { Uplink, UplinkEvents } from "./world.ts";

/** Requests of the uplink itself: the member's own begin at 1. */
const pingId = 0;

/** What a follower can see of its broker without asking it. */
export type BrokerSight = Pick<PulseOptions, "isRunning" | "isPassedOver">;

/**
 * The way of a follower, over a connection that was proven. A watch lasts for hours and its answer is not
 * urgent: who only watches does not feel its broker's pulse as often as who waits for an answer.
 */
export function followerUplink(
  conn: Deno.TcpConn,
  clock: Clock,
  events: UplinkEvents,
  sight: BrokerSight,
): Uplink {
  const connection = new FramedConnection(conn);
  const watches = new Set<number>();
  let over = false;
  const lose = (silent: boolean) => {
    if (over) return;
    over = true;
    pulse.stop();
    connection.close();
    events.onLost(silent);
  };
  const ping = () => connection.send(encodeRequest({ id: pingId, operation: { op: "ping" } }));
  const pulse = new Pulse({ clock, ping, ...sight, onSilent: () => lose(true) });
  connection.run((body) => {
    const said = decodeReply(body);
    if ("event" in said) return lose(false);
    const isWatch = watches.delete(said.id);
    if (isWatch) pulse.watches(watches.size > 0);
    pulse.heard(said.id !== pingId && !isWatch);
    if (said.id !== pingId) events.onReply(said);
  }).then(() => lose(false));
  return {
    send: (request) => {
      if (request.operation.op === "watch") {
        watches.add(request.id);
        pulse.watches(true);
      } else pulse.sent();
      connection.send(encodeRequest(request));
    },
    close: () => {
      over = true;
      pulse.stop();
      connection.close();
    },
  };
}
