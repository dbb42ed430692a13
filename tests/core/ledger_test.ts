import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { Ledger } from "../../lib/core/ledger.ts";
import type { Operation } from "../../lib/core/operations.ts";

const down = new HustingsError("bus_down", "There is no bus");

/** A ledger that writes down how each of its requests ended. */
function watched() {
  const ledger = new Ledger();
  const ends: string[] = [];
  const open = (operation: Operation, nowMs = 0) => {
    const request = ledger.open(
      operation,
      nowMs,
      (reply) => ends.push(`${reply.id} settled`),
      (error) => ends.push(`${request.id} ${error.code}`),
    );
    return request;
  };
  return { ledger, ends, open };
}

Deno.test("Ledger numbers its requests from 1 and lists them in the order in which they came", () => {
  const { ledger, open } = watched();
  const requests = [open({ op: "list" }), open({ op: "ping" }), open({ op: "status" })];
  assert.deepEqual(requests.map((request) => request.id), [1, 2, 3]);
  assert.deepEqual(ledger.outstanding(0), requests);
  assert.equal(ledger.size, 3);
});

Deno.test("Ledger keeps ids and order when replies come in another order", () => {
  const { ledger, ends, open } = watched();
  for (const op of ["list", "ping", "status", "bye"] as const) open({ op });
  ledger.close({ id: 3, ok: {} });
  ledger.close({ id: 1, error: { code: "internal", message: "No" } });
  assert.deepEqual(ends, ["3 settled", "1 settled"]);
  assert.deepEqual(ledger.outstanding(0).map((request) => request.id), [2, 4]);
  assert.equal(open({ op: "list" }).id, 5);
});

Deno.test("Ledger ignores the second reply to a request, and replies to nothing", () => {
  const { ledger, ends, open } = watched();
  open({ op: "ping" });
  assert.ok(ledger.isOpen(1));
  ledger.close({ id: 1, ok: {} });
  ledger.close({ id: 1, ok: {} });
  ledger.close({ id: 99, ok: {} });
  ledger.fail(1, down);
  ledger.fail(99, down);
  assert.deepEqual(ends, ["1 settled"]);
  assert.ok(!ledger.isOpen(1) && !ledger.isOpen(99));
});

Deno.test("Ledger sends a wait again with what is left of it, and never less than 0", () => {
  const { ledger, open } = watched();
  const first = open({ op: "check", waitMs: 500, replyTo: 7 }, 1_000);
  open({ op: "send", message: "m", to: ["bob"], text: "hi" }, 1_000);
  assert.deepEqual(first.operation, { op: "check", waitMs: 500, replyTo: 7 });
  const left = (nowMs: number) => ledger.outstanding(nowMs)[0]!.operation;
  assert.deepEqual(left(1_000), { op: "check", waitMs: 500, replyTo: 7 });
  assert.deepEqual(left(1_200.4), { op: "check", waitMs: 300, replyTo: 7 });
  assert.deepEqual(left(1_500), { op: "check", waitMs: 0, replyTo: 7 });
  assert.deepEqual(left(9_999), { op: "check", waitMs: 0, replyTo: 7 });
  assert.deepEqual(ledger.outstanding(9_999)[1]!.operation.op, "send");
});

Deno.test("Ledger sends a watch again with what is left of it, after the same message", () => {
  const { ledger, open } = watched();
  open({ op: "watch", waitMs: 500, after: 7 }, 1_000);
  const left = (nowMs: number) => ledger.outstanding(nowMs)[0]!.operation;
  assert.deepEqual(left(1_200), { op: "watch", waitMs: 300, after: 7 });
  assert.deepEqual(left(9_999), { op: "watch", waitMs: 0, after: 7 });
});

Deno.test("Ledger shrinks a wait from its own beginning, however often it goes out", () => {
  const { ledger, open } = watched();
  open({ op: "check", waitMs: 1_000 }, 0);
  for (const nowMs of [100, 200, 300]) ledger.outstanding(nowMs);
  assert.deepEqual(ledger.outstanding(400)[0]!.operation, { op: "check", waitMs: 600 });
});

Deno.test("Ledger fails one request when it is given up, and no other", () => {
  const { ledger, ends, open } = watched();
  open({ op: "list" });
  open({ op: "ping" });
  ledger.fail(1, down);
  assert.deepEqual(ends, ["1 bus_down"]);
  assert.deepEqual(ledger.outstanding(0).map((request) => request.id), [2]);
});

Deno.test("Ledger fails every request once when there is no bus, and spares those made meanwhile", () => {
  const ledger = new Ledger();
  const ends: number[] = [];
  const again = () => ledger.open({ op: "ping" }, 0, () => {}, () => assert.fail("spared"));
  for (const id of [1, 2]) {
    ledger.open({ op: "list" }, 0, () => {}, () => {
      ends.push(id);
      if (id === 1) again();
    });
  }
  ledger.failAll(down);
  assert.deepEqual(ends, [1, 2]);
  assert.deepEqual(ledger.outstanding(0).map((request) => request.id), [3]);
});

Deno.test("Ledger is in a hurry for what is answered at once, and for a wait that is nearly over", () => {
  const { ledger, open } = watched();
  assert.ok(!ledger.isUrgent(0, 40));
  open({ op: "check", waitMs: 1_000 });
  assert.ok(!ledger.isUrgent(0, 40));
  assert.ok(ledger.isUrgent(960, 40));
  open({ op: "list" });
  assert.ok(ledger.isUrgent(0, 40));
});
