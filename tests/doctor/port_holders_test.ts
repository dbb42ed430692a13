import assert from "node:assert/strict";
import { portHolders } from "../../lib/member/port_holders.ts";
import type { RunCommand } from "../../lib/member/run_command.ts";

/** Commands that print this, by the words that they are called with; there are no others. */
function commands(outputs: Record<string, string>): RunCommand {
  return (...words) => Promise.resolve(outputs[words.join(" ")]);
}

const ss = "ss -Hltnpe";
const lsof = "lsof -nP -iTCP -sTCP:LISTEN -FpcuLn";

Deno.test("portHolders reads ss: the user always, the process where it is told", async () => {
  const run = commands({
    [ss]: [
      'LISTEN 0 511 127.0.0.1:9000 0.0.0.0:* users:(("my prog",pid=41,fd=5),("x",pid=42,fd=5)) uid:1000 ino:7 sk:1 <->',
      "LISTEN 0 128 0.0.0.0:9001   0.0.0.0:* uid:33 ino:8 sk:2 cgroup:/ <->",
      'LISTEN 0 128 *:9002 *:* users:(("sshd",pid=1,fd=3)) ino:9 sk:3 v6only:0 <->',
      "LISTEN 0 128 192.168.1.2:9003 0.0.0.0:* uid:33 ino:8 sk:2 <->",
      'LISTEN 0 128 [::1]:9004 [::]:* users:(("six",pid=6,fd=3)) ino:9 sk:3 <->',
      "LISTEN 0 128 127.0.0.1:90005 0.0.0.0:* uid:33 ino:8 sk:2 <->",
      "something else",
    ].join("\n"),
  });
  const holders = await portHolders([9000, 9001, 9002, 9003, 9004, 9005, 9006], "linux", run);
  assert.deepEqual(
    [...holders],
    [
      [9000, { uid: 1000, program: "my prog", pid: 41 }],
      [9001, { uid: 33 }],
      [9002, { uid: 0, program: "sshd", pid: 1 }],
    ],
  );
});

const fields = "p40\ncother\nu0\nf3\nn[::1]:9002\nf4\nn*:9000\n" +
  "p41\ncmy prog\nu1000\nLme\nf5\nn127.0.0.1:9000\nf6\nn*:9001\n";

Deno.test("portHolders reads lsof on macOS, and on Linux where there is no ss", async () => {
  const me = { pid: 41, program: "my prog", uid: 1000 };
  for (const os of ["darwin", "linux"] as const) {
    const holders = await portHolders([9000, 9001, 9002], os, commands({ [lsof]: fields }));
    assert.deepEqual([...holders], [[9000, me], [9001, me]]);
  }
  const elsewhere = commands({ [`/usr/sbin/${lsof}`]: fields });
  assert.deepEqual([...await portHolders([9001], "darwin", elsewhere)], [[9001, me]]);
});

Deno.test("portHolders reads netstat and tasklist on Windows, in any language", async () => {
  const tasklist = (pid: number) => `tasklist /FI PID eq ${pid} /FO CSV /NH`;
  const run = commands({
    "netstat -ano": [
      "Aktive Verbindungen",
      "",
      "  Proto  Lokale Adresse         Remoteadresse          Status           PID",
      "  TCP    0.0.0.0:9000           0.0.0.0:0              ABHÖREN         41",
      "  TCP    127.0.0.1:9001         127.0.0.1:5000         HERGESTELLT     42",
      "  TCP    [::]:9002              [::]:0                 ABHÖREN         43",
      "  UDP    0.0.0.0:9003           *:*                                    44",
    ].join("\r\n"),
    [tasklist(41)]: '\r\n"my prog.exe","41","Console","1","12.345 K"\r\n',
    [tasklist(43)]: "INFO: no tasks\r\n",
  });
  const holders = await portHolders([9000, 9001, 9002, 9003], "windows", run);
  assert.deepEqual([...holders], [[9000, { pid: 41, program: "my prog.exe" }], [9002, {
    pid: 43,
  }]]);
});

Deno.test("portHolders knows nobody where the commands are missing or say what nobody understands", async () => {
  const garbage = "\0\nLISTEN\nTCP\np\nn:\n127.0.0.1:9000";
  for (const os of ["linux", "darwin", "windows", "freebsd"] as const) {
    for (const run of [commands({}), () => Promise.resolve(garbage)]) {
      assert.deepEqual([...await portHolders([9000], os, run)], []);
    }
  }
});
