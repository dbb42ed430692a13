// Loaded before the program: on a signal it says what the process may do, having asked for what it may not.
const names = ["env", "sys", "ffi", "import", "net", "read", "write", "run"] as const;

Deno.addSignalListener("SIGUSR2", () => {
  const states = names.map((name) => [name, Deno.permissions.requestSync({ name }).state]);
  Deno.stderr.writeSync(
    new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(states))}\n`),
  );
});
