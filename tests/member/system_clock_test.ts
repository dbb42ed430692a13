import assert from "node:assert/strict";
import { systemClock } from "../../lib/member/system_clock.ts";

Deno.test("call that was taken back does not come when its timer fires nevertheless", () => {
  const { setTimeout, clearTimeout } = globalThis;
  const due: (() => void)[] = [];
  Object.assign(globalThis, {
    setTimeout: (fn: () => void) => due.push(fn),
    clearTimeout: () => {},
  });
  try {
    const calls: string[] = [];
    const takeBack = systemClock.after(1, () => calls.push("taken back"));
    systemClock.after(1, () => calls.push("kept"));
    takeBack();
    for (const fire of due) fire();
    assert.deepEqual(calls, ["kept"]);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
});
