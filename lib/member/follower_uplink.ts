import { decodeReply, encodeRequest } from "../core/wire.ts";
import { FramedConnection } from "./framed_connection.ts";
import type { Uplink, UplinkEvents } from "./world.ts";

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
    close: () => {
      lost = true;
      connection.close();
    },
  };
}
