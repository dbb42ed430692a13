const codes = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"]);

let isOn = false;

/**
 * Keeps this process alive where a server resets a connection at the moment in which the client lets go of
 * it: nobody listens to that socket any more, and such an error would end the program. Nothing is lost by
 * it, as the client knows by then that the connection is over. All other errors end it as before.
 */
export function outliveResets(): void {
  if (isOn) return;
  isOn = true;
  globalThis.addEventListener("error", (event) => {
    if (isReset(event.error)) event.preventDefault();
  });
}

function isReset(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return codes.has(String(code)) && (syscall === "read" || syscall === "write");
}
