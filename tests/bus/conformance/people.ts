import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { Agent, Theme } from "./bus_bench.ts";

const { burst } = limits.threadAnswers;

/** Each answers the other until one is refused; returns the message that it could not answer. */
async function thankEachOther(first: Agent, second: Agent, id: number): Promise<number> {
  let last = id;
  for (let n = 0; n <= 2 * burst; n++) {
    const turn = n % 2 === 0 ? second : first;
    try {
      await turn.texts();
      last = (await turn.send([], "thank you", last)).id;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      assert.equal(code, "too_many_requests");
      assert.match(message, new RegExp(`began with message ${id}, so this answer was not sent`));
      assert.ok(n >= burst, `refused after ${n} answers`);
      return last;
    }
  }
  throw new Error("Nobody slowed them");
}

/** Agents alone come to rest; a person's word lets them go on. */
export const people: Theme = {
  "agents that only answer each other are slowed and told why; nothing else of theirs is": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "hello");
    await thankEachOther(alice, bob, id);
    await bob.send("alice", "another matter");
    await alice.texts();
  },

  "person's word in a conversation lets the agents in it go on": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const ann = await bench.join("ann", { client: "terminal", human: true });
    const { id } = await alice.send(["bob", "ann"], "hello");
    const last = await thankEachOther(alice, bob, id);
    await ann.send(["alice", "bob"], "go on, please", id);
    await Promise.all([alice.texts(), bob.texts()]);
    for (let n = 0; n < 4; n++) {
      const turn = n % 2 === 0 ? bob : alice;
      await turn.send([], "going on", last);
    }
  },
};
