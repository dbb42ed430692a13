import assert from "node:assert/strict";
import { Backlog } from "../../lib/core/backlog.ts";

Deno.test("Backlog counts each sender at each recipient by itself", () => {
  const backlog = new Backlog();
  for (let i = 0; i < 3; i++) backlog.queued(1, 9);
  backlog.queued(2, 9);
  backlog.queued(1, 8);
  assert.deepEqual([backlog.count(1, 9), backlog.count(2, 9), backlog.count(1, 8)], [3, 1, 1]);
  assert.equal(backlog.count(3, 9), 0);
  backlog.handed(9, [1, 2, 1], 1);
  assert.deepEqual([backlog.count(1, 9), backlog.count(2, 9), backlog.count(1, 8)], [1, 0, 1]);
});

Deno.test("Backlog is nought where a queue is empty, and never below", () => {
  const backlog = new Backlog();
  backlog.handed(9, [1], 5);
  backlog.queued(1, 9);
  backlog.handed(9, [1, 1, 1], 5);
  assert.equal(backlog.count(1, 9), 0);
  backlog.queued(1, 9);
  backlog.queued(1, 9);
  backlog.handed(9, [2], 0);
  assert.equal(backlog.count(1, 9), 0);
});
