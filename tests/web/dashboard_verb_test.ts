import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { noTerminal, onTerminal, titled } from "../support/pseudo_terminal.ts";
import { DashboardProcess } from "./dashboard_process.ts";

Deno.test({
  name: "dashboard tells its link, makes nothing on disk, and goes with 0 when it is told to",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using bus = await TemporaryBus.create();
    const dashboard = await DashboardProcess.start(bus);
    assert.match(dashboard.url, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
    const response = await fetch(dashboard.origin);
    assert.match(await response.text(), /<title>Hustings<\/title>/);
    assert.equal(await dashboard.stop(), 0);
    assert.ok(!(await Array.fromAsync(Deno.readDir(bus.root))).some(({ name }) => name === "home"));
  },
});

Deno.test("dashboard says what is wrong with a port that it cannot have", async () => {
  await using bus = await HustingsProcess.create();
  using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = holder.addr as Deno.NetAddr;
  const taken = await bus.run(["dashboard", "--no-open", "--port", String(port)]);
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, new RegExp(`Port ${port} cannot be had .*: name another with --port`));
});

Deno.test({
  name: titled(
    "dashboard opens a browser by a file of the user's own, so that no list of processes shows the key",
    noTerminal,
  ),
  ignore: noTerminal !== undefined,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    await Deno.mkdir(`${bus.root}/bin`);
    const note = (name: string) => `"${bus.root}/${name}"`;
    const opener = [
      "#!/bin/sh",
      `printf %s "$1" > ${note("argument")}`,
      `path=\${1#file://}; ls -l "$path" | cut -c1-10 > ${note("mode")}`,
      `cat "$path" > ${note("doorstep")}; kill -INT $PPID`,
    ];
    await Deno.writeTextFile(`${bus.root}/bin/xdg-open`, opener.join("\n"), { mode: 0o755 });
    const env = { DISPLAY: ":7", PATH: `${bus.root}/bin:${Deno.env.get("PATH")}` };
    const { code, shown } = await onTerminal(bus, ["dashboard"], { env });
    assert.equal(code, 0, shown);
    const link = /http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}/.exec(shown)?.[0] ?? "none";
    const read = (name: string) => Deno.readTextFile(`${bus.root}/${name}`);
    const argument = await read("argument");
    assert.ok(argument.startsWith("file:///") && !argument.includes(link.split("#")[1]!));
    assert.equal(await read("mode"), "-rw-------\n");
    assert.ok((await read("doorstep")).includes(`content="0; url=${link}"`));
    await assert.rejects(Deno.stat(new URL(argument)), Deno.errors.NotFound);
  },
});
