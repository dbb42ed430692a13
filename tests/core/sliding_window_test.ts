import assert from "node:assert/strict";
import { SlidingWindow } from "../../lib/core/sliding_window.ts";

Deno.test("SlidingWindow allows its count within any window and says how long the next one waits", () => {
  const window = new SlidingWindow({ count: 2, windowMs: 100 });
  assert.equal(window.take(0), true);
  assert.equal(window.take(60), true);
  assert.equal(window.take(70), false);
  assert.equal(window.waitMs(70), 30);
  assert.equal(window.take(99), false);
  assert.equal(window.take(100), true);
  assert.equal(window.take(159), false);
  assert.equal(window.waitMs(160), 0);
  assert.equal(window.take(160), true);
});
