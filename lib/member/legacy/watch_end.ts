/** The end of what the other side of a connection says. */
export interface End {
  /** `closed` in order, or `cut` off; undefined until then. */
  readonly came: "closed" | "cut" | undefined;
  readonly coming: Promise<"closed" | "cut">;
}

/** Waits for the other side to end, and reads on until then whatever it says: it counts for nothing. */
export function watchEnd(conn: Deno.Conn): End {
  const end: { came: End["came"]; coming: End["coming"] } = {
    came: undefined,
    coming: readToEnd(conn),
  };
  end.coming.then((how) => end.came = how);
  return end;
}

async function readToEnd(conn: Deno.Conn): Promise<"closed" | "cut"> {
  const buffer = new Uint8Array(4096);
  try {
    while (await conn.read(buffer) !== null);
    return "closed";
  } catch {
    return "cut";
  }
}
