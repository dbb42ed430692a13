import { freePorts } from "../support/free_ports.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { benchMember } from "./bench_member.ts";
import type { Context } from "./context.ts";
import { LegacyBroker } from "./peers/legacy_broker.ts";
import { RoundTrip } from "./peers/round_trip.ts";
import { fromSource } from "./programs.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";
import { Spawned } from "./spawned.ts";
import { typicalText } from "./typical_text.ts";

/** As many bytes as the frame of such a send has. */
const request = new Uint8Array(typicalText.length + 140).fill(0x61);

/**
 * One sender: from its call to the receipt, beside a round trip with one flushed commit, and beside the
 * program that this one replaces.
 */
export async function sendLatency({ quick, legacy }: Context): Promise<Row[]> {
  await using bus = await TemporaryBus.create();
  const broker = await RawAgent.start(bus, "agent", bus.directory("broker"));
  const member = await benchMember(bus, "sender");
  const [port] = freePorts(1);
  const server = fromSource("./peers/floor_server.ts");
  const floor = await Spawned.until([...server, String(port), `${bus.root}/floor.db`], "ready");
  const line = await RoundTrip.open(port!);
  const ours = new Samples();
  const bare = new Samples();
  const older = new Samples();
  await using former = legacy === undefined
    ? undefined
    : await LegacyBroker.start(legacy, bus.root);
  const rounds = quick ? 2 : 20;
  for (let round = -1; round < rounds; round++) {
    const counted = round >= 0;
    for (let n = 0; n < 200; n++) {
      const send = () => member.send({ to: ["sender"], text: typicalText });
      if (counted) await ours.time(send);
      else await send();
    }
    for (let n = 0; n < 200; n++) {
      if (counted) await bare.time(() => line.ask(request));
      else await line.ask(request);
    }
    for (let n = 0; former && n < 200; n++) {
      await former.rest();
      if (counted) await older.time(() => former.send(typicalText));
      else await former.send(typicalText);
    }
  }
  line.close();
  await member.leave();
  await broker.close();
  await floor.end();
  const against = "bare round trip and one flushed commit";
  const what = "send to receipt, one sender";
  const row = timedRow(what, ours, against, bare, "≤ 1.5");
  return former ? [row, timedRow(what, ours, former.name, older, "to know")] : [row];
}
