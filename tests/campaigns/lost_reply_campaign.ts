// Kills a broker between the commit of a send and its reply, repeats the send at the next broker, and
// counts whether it is answered with the number that it had, and stored once.
//
//   deno run -A tests/campaigns/lost_reply_campaign.ts [--kills 100] [--in-process 1000]
//
// `kills`: real processes; the store is watched from outside, and SIGKILL follows the commit at once.
// Some replies are faster, so those that were lost are counted. `in-process`: a broker in this
// process ends exactly between the two. Ends with 1 when a repeat got another number or was stored
// twice, and when no reply was lost at all.
import { parseArgs } from "node:util";
import { TemporaryBus } from "../support/bus_place.ts";
import { DyingBroker } from "../support/dying_broker.ts";
import { MemberBench } from "../support/member_bench.ts";
import { OutsideCaller } from "../support/outside_caller.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";

/** Sends in one commit of a real process: their replies take time enough to be killed before them. */
const sendsAtOnce = 100;

export interface LostReplyFigures {
  readonly kills: number;
  readonly sends: number;
  /** Sends that were stored and never answered by the broker that stored them. */
  readonly lostReplies: number;
  /** Repeats that were answered with the number of the first send. */
  readonly sameNumber: number;
  /** Messages that are in the store once. */
  readonly storedOnce: number;
}

/** Kills brokers that are real processes. */
export async function killAfterCommit(kills: number): Promise<LostReplyFigures> {
  await using bus = await TemporaryBus.create();
  const start = () => RawAgent.start(bus, "agent", bus.directory("shop"));
  let broker = await start();
  let follower = await start();
  using caller = await OutsideCaller.join(bus);
  const figures = {
    kills,
    sends: kills * sendsAtOnce,
    lostReplies: 0,
    sameNumber: 0,
    storedOnce: 0,
  };
  for (let kill = 0; kill < kills; kill++) {
    const sends = Array.from({ length: sendsAtOnce }, (_, index) => {
      const message = crypto.randomUUID();
      return { op: "send", message, to: ["nobody"], text: `text ${kill}.${index}` };
    });
    await caller.say(sends);
    // Without a pause in between: the replies are on their way.
    while (caller.numbersOf(sends.at(-1)!.message).length === 0);
    Deno.kill(broker.pid, "SIGKILL");
    const numbers = sends.map(({ message }) => caller.numbersOf(message)[0]);
    figures.lostReplies += sendsAtOnce;
    while (await caller.reply() !== undefined) figures.lostReplies -= 1;
    await caller.nextBroker();
    for (const [index, send] of sends.entries()) {
      const reply = await caller.ask(send);
      const receipt = reply && "ok" in reply ? reply.ok as { id: number } : undefined;
      if (receipt?.id === numbers[index]) figures.sameNumber += 1;
      if (caller.numbersOf(send.message).length === 1) figures.storedOnce += 1;
    }
    await broker.ended;
    [broker, follower] = [follower, await start()];
  }
  await Promise.all([broker.close(), follower.close()]);
  return figures;
}

/** Ends brokers of this process between the commit and the reply. */
export async function endAfterCommit(times: number): Promise<LostReplyFigures> {
  let [sameNumber, storedOnce] = [0, 0];
  for (let time = 0; time < times; time++) {
    await using bench = await MemberBench.create();
    const broker = new DyingBroker(bench, "send");
    const member = await bench.join("member");
    const { id } = await member.bus.send({ to: ["member"], text: "once" });
    await broker.ended;
    // Each bus is new, so the send that was lost had the first number.
    if (id === 1) sameNumber += 1;
    const { entries } = await member.bus.history({ limit: 9 });
    if (entries.length === 1 && entries[0]!.text === "once") storedOnce += 1;
  }
  return { kills: times, sends: times, lostReplies: times, sameNumber, storedOnce };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "100" },
      "in-process": { type: "string", default: "1000" },
    },
  });
  const show = (what: string, figures: LostReplyFigures) => {
    const { kills, sends, lostReplies, sameNumber, storedOnce } = figures;
    say(
      `${what} ${kills}, with ${sends} sends: replies lost ${lostReplies}; repeats answered with ` +
        `the same number ${sameNumber}, stored once ${storedOnce}`,
    );
    return sameNumber === sends && storedOnce === sends && lostReplies > 0;
  };
  const killed = show("processes killed", await killAfterCommit(+values.kills));
  const ended = show("brokers ended in process", await endAfterCommit(+values["in-process"]));
  Deno.exit(killed && ended ? 0 : 1);
}
