import assert from "node:assert/strict";
import {
  Election,
  type ElectionEffect,
  type ElectionEvent,
  type Holder,
} from "../../lib/core/election.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { seeded, type SeededRandom } from "../support/seeded.ts";

const ports = [10, 11, 12];
const holder: Holder = { port: 11, pid: 4711, epoch: 3 };
const refusal = new HustingsError("store_damaged", "The store is damaged");

const start = { kind: "start" } as const;
const bound = { kind: "bound", port: 10 } as const;
const answered = { kind: "answered", port: 10, epoch: 3 } as const;
const foreign = { kind: "foreign", port: 10, what: "a web server" } as const;
const vanished = { kind: "vanished", port: 10 } as const;
const silent = { kind: "silent", port: 10 } as const;
const proven = { ...silent, proven: true } as const;
const claimed = { kind: "claimed", epoch: 4 } as const;
const held: ElectionEvent = { kind: "held", holder };
const lockless: Holder = { ...holder, lockless: true };
const elsewhere: Holder = { ...lockless, elsewhere: true };
const refused: ElectionEvent = { kind: "refused", error: refusal };
const fenced = { kind: "fenced" } as const;
const handover = { kind: "handover" } as const;
const lost = { kind: "lost" } as const;
const rested = { kind: "rested" } as const;
const resign = { kind: "resign" } as const;

const events: readonly ElectionEvent[] = [
  ...[start, bound, answered, foreign, silent, vanished, claimed, held, refused],
  ...[fenced, handover, lost, rested, resign],
];

const look = (port: number, bind = true): ElectionEffect => ({ kind: "look", port, bind });
const unbind: ElectionEffect = { kind: "unbind" };
const abdicate: ElectionEffect = { kind: "abdicate" };
const depose: ElectionEffect = { kind: "depose", port: 10, epoch: 3 };
const rest = (rounds: number): ElectionEffect => ({ kind: "rest", rounds });

/** The events that bring a new election into each state. */
const ways: Record<string, ElectionEvent[]> = {
  idle: [],
  seeking: [start],
  hinted: [{ kind: "start", hint: 11 }],
  claiming: [start, bound],
  asking: [start, bound, held],
  "asking lockless": [start, bound, { kind: "held", holder: lockless }],
  "asking elsewhere": [start, bound, { kind: "held", holder: elsewhere }],
  deposing: [start, bound, held, { ...proven, port: 11 }],
  leading: [start, bound, claimed],
  following: [start, answered],
  resting: [start, vanished],
  stopped: [start, bound, refused],
  resigned: [start, resign],
};

function inState(name: string): Election {
  const election = new Election(ports);
  for (const event of ways[name]!) election.handle(event);
  assert.equal(election.state.kind, name === "hinted" ? "seeking" : name.split(" ")[0]);
  return election;
}

/** State, event, state after it, effects. */
const transitions: [string, ElectionEvent, string, ElectionEffect[]][] = [
  ["idle", start, "seeking", [look(10)]],
  ["idle", { kind: "start", hint: 12 }, "seeking", [look(12, false)]],
  ["seeking", answered, "following", [{ kind: "follow", port: 10, epoch: 3 }]],
  ["seeking", bound, "claiming", [{ kind: "claim", port: 10, heir: false }]],
  ["seeking", foreign, "seeking", [look(11)]],
  ["seeking", silent, "seeking", [look(11)]],
  ["seeking", vanished, "resting", [rest(1)]],
  ["hinted", { ...silent, port: 11 }, "seeking", [look(10)]],
  ["seeking", refused, "stopped", [{ kind: "stop", error: refusal }]],
  ["hinted", { ...answered, port: 11 }, "following", [{ kind: "follow", port: 11, epoch: 3 }]],
  ["hinted", { ...foreign, port: 11 }, "seeking", [look(10)]],
  ["hinted", { ...vanished, port: 11 }, "seeking", [look(10)]],
  ["claiming", claimed, "leading", [{ kind: "lead", port: 10, epoch: 4 }]],
  ["claiming", held, "asking", [{ kind: "ask", holder }]],
  ["claiming", { kind: "held" }, "resting", [unbind, rest(1)]],
  ["claiming", { kind: "held", holder: { ...holder, port: 10 } }, "resting", [unbind, rest(1)]],
  ["claiming", { kind: "held", holder: { ...lockless, port: 10 } }, "deposing", [depose]],
  ["claiming", { kind: "held", holder: { ...elsewhere, port: 10 } }, "resting", [unbind, rest(1)]],
  ["claiming", refused, "stopped", [unbind, { kind: "stop", error: refusal }]],
  [
    "asking",
    { kind: "answered", port: 11, epoch: 3 },
    "following",
    [unbind, { kind: "follow", port: 11, epoch: 3 }],
  ],
  ["asking", { ...vanished, port: 11 }, "resting", [unbind, rest(1)]],
  ["asking", { ...foreign, port: 11 }, "resting", [unbind, rest(1)]],
  ["asking", { ...proven, port: 11 }, "deposing", [depose]],
  ["asking", { ...silent, port: 11 }, "resting", [unbind, rest(1)]],
  ["asking lockless", { ...vanished, port: 11 }, "deposing", [depose]],
  ["asking lockless", { ...foreign, port: 11 }, "deposing", [depose]],
  ["asking elsewhere", { ...vanished, port: 11 }, "resting", [unbind, rest(1)]],
  ["asking elsewhere", { ...foreign, port: 11 }, "resting", [unbind, rest(1)]],
  ["deposing", claimed, "leading", [{ kind: "lead", port: 10, epoch: 4 }]],
  ["deposing", held, "resting", [unbind, rest(1)]],
  ["deposing", refused, "stopped", [unbind, { kind: "stop", error: refusal }]],
  ["deposing", resign, "resigned", [unbind]],
  ["asking", refused, "stopped", [unbind, { kind: "stop", error: refusal }]],
  ["leading", fenced, "seeking", [abdicate, look(10)]],
  ["leading", handover, "resting", [abdicate, rest(6)]],
  ["following", lost, "seeking", [look(10)]],
  ["resting", rested, "seeking", [look(10)]],
  ["stopped", start, "seeking", [look(10)]],
  ["idle", resign, "resigned", []],
  ["seeking", resign, "resigned", []],
  ["hinted", resign, "resigned", []],
  ["claiming", resign, "resigned", [unbind]],
  ["asking", resign, "resigned", [unbind]],
  ["leading", resign, "resigned", [abdicate]],
  ["following", resign, "resigned", []],
  ["resting", resign, "resigned", []],
  ["stopped", resign, "resigned", []],
];

for (const [from, event, to, effects] of transitions) {
  Deno.test(`Election goes from ${from} to ${to} when it hears ${JSON.stringify(event)}`, () => {
    const election = inState(from);
    assert.deepEqual(election.handle(event), effects);
    assert.equal(election.state.kind, to);
  });
}

for (const name of Object.keys(ways).filter((name) => !/hinted|lockless|elsewhere/.test(name))) {
  const taken = transitions.filter(([from]) => from === name).map(([, event]) => event.kind);
  for (const event of events.filter((event) => !taken.includes(event.kind))) {
    Deno.test(`Election changes nothing when it is ${name} and hears ${event.kind}`, () => {
      const election = inState(name);
      const before = election.state;
      assert.deepEqual(election.handle(event), []);
      assert.equal(election.state, before);
    });
  }
}

Deno.test("Election walks every port and names what holds each when all are foreign", () => {
  const election = new Election(ports);
  election.handle(start);
  assert.deepEqual(election.handle({ ...foreign, port: 10 }), [look(11)]);
  assert.deepEqual(election.handle({ ...foreign, port: 11, what: "silent" }), [look(12)]);
  const [effect] = election.handle({ ...foreign, port: 12, what: "another user's bus" });
  assert.ok(effect?.kind === "stop" && effect.error.code === "bus_down");
  assert.match(effect.error.message, /10: a web server; 11: silent; 12: another user's bus/);
  assert.match(effect.error.message, /HUSTINGS_PORT/);
  assert.equal(election.state.kind, "stopped");
});

Deno.test("Election walks the ports again, but not for long, when one was silent and may be ours", () => {
  const election = new Election([10, 11]);
  election.handle(start);
  for (const round of [1, 2]) {
    assert.deepEqual(election.handle(silent), [look(11)]);
    assert.deepEqual(election.handle({ ...foreign, port: 11 }), [rest(round)]);
    assert.deepEqual(election.handle(rested), [look(10)]);
  }
  election.handle(silent);
  const [effect] = election.handle({ ...foreign, port: 11 });
  assert.ok(effect?.kind === "stop");
  assert.match(
    effect.error.message,
    /10: a program that accepts and stays silent; 11: a web server/,
  );
});

Deno.test("Election names only the ports of the last round when it was started again", () => {
  const election = new Election([10]);
  election.handle(start);
  election.handle({ ...foreign, what: "program A" });
  election.handle(start);
  const [effect] = election.handle({ ...foreign, what: "program B" });
  assert.ok(effect?.kind === "stop" && effect.error.message.includes("10: program B"));
  assert.ok(!effect.error.message.includes("program A"));
});

/** Rounds in which the lock is held by somebody who cannot be reached, until the election stops. */
function roundsUntilStop(event: ElectionEvent): { rounds: number[]; error: HustingsError } {
  const election = new Election(ports);
  const rounds: number[] = [];
  let effects = election.handle(start);
  while (rounds.length < 1000) {
    effects = [...election.handle(bound), ...election.handle(event)];
    if (election.state.kind === "asking") effects = election.handle(vanished);
    assert.ok(effects.some((effect) => effect.kind === "unbind"));
    const last = effects.at(-1)!;
    if (last.kind === "stop") return { rounds, error: last.error };
    assert.ok(last.kind === "rest");
    rounds.push(last.rounds);
    election.handle(rested);
  }
  throw new Error("The election never stopped");
}

Deno.test("Election rests longer each round and stops when the holder cannot be reached", () => {
  const { rounds, error } = roundsUntilStop(held);
  assert.deepEqual(rounds, Array.from({ length: limits.raceRounds }, (_, i) => i + 1));
  assert.equal(error.code, "bus_down");
  assert.match(error.message, /process 4711.*port 11/);
  assert.match(error.message, /Nothing was lost/);
});

Deno.test("Election says that nobody can be named when the holder has not said who it is", () => {
  const { error } = roundsUntilStop({ kind: "held" });
  assert.match(error.message, /another process that has not said who it is/);
});

Deno.test("Election deposes at once when it found its broker silent and that one holds the store", () => {
  const election = new Election(ports);
  election.handle(start);
  election.handle(answered);
  assert.deepEqual(election.handle({ kind: "lost", silent: true }), [look(11)]);
  election.handle({ ...bound, port: 11 });
  const judged = { kind: "held", holder: { ...holder, port: 10 } } as const;
  assert.deepEqual(election.handle(judged), [{ kind: "depose", port: 11, epoch: 3 }]);
});

Deno.test("Election claims as an heir when it followed a broker until its search began", () => {
  const election = new Election(ports);
  election.handle(start);
  election.handle(answered);
  election.handle(lost);
  assert.deepEqual(election.handle(bound), [{ kind: "claim", port: 10, heir: true }]);
  election.handle(claimed);
  election.handle(fenced);
  assert.deepEqual(election.handle(bound), [{ kind: "claim", port: 10, heir: false }]);
});

Deno.test("Election asks before it deposes when the store is held by another than it judged", () => {
  const election = new Election(ports);
  election.handle(start);
  election.handle(answered);
  election.handle({ kind: "lost", silent: true });
  election.handle({ ...bound, port: 11 });
  const other = { kind: "held", holder: { ...holder, port: 12, epoch: 4 } } as const;
  assert.deepEqual(election.handle(other), [{ kind: "ask", holder: other.holder }]);
});

Deno.test("Election stops and names the holder when silence at its port proves nothing twice", () => {
  const election = inState("asking");
  assert.deepEqual(election.handle({ ...silent, port: 11 }), [unbind, rest(1)]);
  for (const event of [rested, bound, held]) election.handle(event);
  const [, stop] = election.handle({ ...silent, port: 11 });
  assert.ok(stop?.kind === "stop");
  assert.match(stop.error.message, /process 4711, .* port 11; who listens there says nothing/);
});

Deno.test("Election passes over who never took the free lock elsewhere, in its last round", () => {
  for (const lockFree of [true, false]) {
    const found = { ...elsewhere, ...(lockFree ? { lockFree } : {}) };
    const election = new Election(ports);
    election.handle(start);
    for (let round = 1; round <= limits.raceRounds; round++) {
      election.handle(bound);
      election.handle({ kind: "held", holder: found });
      assert.deepEqual(election.handle({ ...vanished, port: 11 }), [unbind, rest(round)]);
      election.handle(rested);
    }
    election.handle(bound);
    election.handle({ kind: "held", holder: found });
    election.handle({ ...vanished, port: 11 });
    assert.equal(election.state.kind, lockFree ? "deposing" : "stopped");
  }
});

Deno.test("Election says what stands in the way when a silent holder cannot be deposed", () => {
  const why = new HustingsError("bus_down", "The broker was stopped inside a commit");
  const election = inState("deposing");
  for (let round = 1; round <= limits.raceRounds; round++) {
    assert.deepEqual(election.handle({ kind: "held", holder, why }), [unbind, rest(round)]);
    for (const event of [rested, bound, held, proven]) election.handle(event);
  }
  const effects = election.handle({ kind: "held", holder, why });
  assert.deepEqual(effects, [unbind, { kind: "stop", error: why }]);
});

Deno.test("Election goes on to the next port when one stays taken and accepts nobody", () => {
  const election = new Election(ports);
  election.handle(start);
  let effects = election.handle(vanished);
  for (let round = 0; round < 20 && effects[0]?.kind === "rest"; round++) {
    election.handle(rested);
    effects = election.handle(vanished);
  }
  assert.deepEqual(effects, [look(11)]);
});

Deno.test("Election counts its rounds anew when it had a broker in between", () => {
  const election = new Election(ports);
  election.handle(start);
  for (let round = 0; round < 5; round++) {
    election.handle(vanished);
    election.handle(rested);
  }
  election.handle(answered);
  election.handle(lost);
  assert.deepEqual(election.handle(vanished), [rest(1)]);
});

Deno.test("Election throws when it is given no port, or a bound port that it did not look at", () => {
  assert.throws(() => new Election([]), /an election has a port/);
  assert.throws(() => inState("seeking").handle({ ...bound, port: 11 }), /is the one looked at/);
});

/** What the world may answer to an effect that waits for an answer. */
function answerTo(effect: ElectionEffect, random: SeededRandom): ElectionEvent {
  switch (effect.kind) {
    case "look":
    case "ask": {
      const { port } = effect.kind === "ask" ? effect.holder : effect;
      const met = [answered, vanished, foreign, silent, proven].map((event) => ({
        ...event,
        port,
      }));
      const free = effect.kind === "look" && effect.bind ? [{ ...bound, port }] : [];
      return random.pick<ElectionEvent>([...met, ...free]);
    }
    case "claim":
    case "depose": {
      const other = { ...holder, port: random.pick(ports) };
      return random.pick<ElectionEvent>([claimed, held, { kind: "held", holder: other }, refused]);
    }
    default:
      return rested;
  }
}

/** A member as its effects make it: what is under way, and whether it has a port. */
class WalkingMember {
  readonly election = new Election(ports);
  readonly trail: string[] = [];
  underWay: ElectionEffect | undefined;
  hasPort = false;

  hear(event: ElectionEvent): void {
    this.trail.push(event.kind);
    if (event.kind === "bound") this.hasPort = true;
    for (const effect of this.election.handle(event)) this.#do(effect);
  }

  #do(effect: ElectionEffect): void {
    this.trail.push(`→ ${effect.kind}`);
    const trail = this.trail.join(" ");
    if (["look", "claim", "ask", "depose", "rest"].includes(effect.kind)) {
      assert.equal(this.underWay, undefined, `two things under way: ${trail}`);
      this.underWay = effect;
    }
    const needsPort = ["claim", "ask", "depose", "lead", "unbind", "abdicate"].includes(
      effect.kind,
    );
    if (effect.kind !== "stop") assert.equal(this.hasPort, needsPort, trail);
    if (effect.kind === "unbind" || effect.kind === "abdicate") this.hasPort = false;
  }
}

seeded(
  "Election has one thing under way and gives back every port, whatever happens",
  (random, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const member = new WalkingMember();
      for (let step = random.whole(1, 100); step > 0; step--) {
        const { underWay } = member;
        if (underWay !== undefined && random.fraction() < 0.7) {
          member.underWay = undefined;
          member.hear(answerTo(underWay, random));
        } else {member.hear(
            random.pick<ElectionEvent>([
              start,
              { kind: "start", hint: 12 },
              fenced,
              lost,
              { kind: "lost", silent: true },
            ]),
          );}
      }
      member.hear(resign);
      assert.ok(!member.hasPort, member.trail.join(" "));
      for (const event of events) assert.deepEqual(member.election.handle(event), []);
      assert.equal(member.election.state.kind, "resigned");
    }
  },
);
