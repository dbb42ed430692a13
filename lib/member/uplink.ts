import type { Reply, Request } from "../core/wire.ts";
import { decodeReply, encodeRequest } from "../core/wire.ts";
import { FramedConnection } from "./framed_connection.ts";
import type { Broker } from "./broker.ts";

/** The way from a member to its broker, near or far. */
export interface Uplink {
  send(request: Request): void;
  /** Resolves when all that was sent is on its way. */
  flushed(): Promise<void>;
  close(): void;
}

export interface UplinkEvents {
  onReply(reply: Reply): void;
  /** The broker is gone or says that it goes; called once. */
  onLost(): void;
}

/** The way of a broker's own agent: no socket, the same session. */
export function localUplink(broker: Broker, { onReply }: UplinkEvents): Uplink {
  const session = broker.openLocal({ reply: onReply });
  return {
    send: (request) => session.receive(request),
    flushed: () => Promise.resolve(),
    close: () => session.end(),
  };
}

/** The way of a follower, over a connection that was proven. */
export function followerUplink(conn: Deno.TcpConn, events: UplinkEvents): Uplink {
  const connection = new FramedConnection(conn);
  let lost = false;
  const lose = () => {
    if (lost) return;
    lost = true;
    connection.close();
    events.onLost();
  };
  connection.run((body) => {
    const said = decodeReply(body);
    if ("event" in said) lose();
    else events.onReply(said);
  }).then(lose);
  return {
    send: (request) => connection.send(encodeRequest(request)),
    flushed: () => connection.flushed(),
    close: () => {
      lost = true;
      connection.close();
    },
  };
}
