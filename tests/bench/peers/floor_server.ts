// The least that a durable send costs here: a server that commits what it reads, flushed to the disk, and
// answers with as many bytes as a receipt has. Arguments: the port, and the file of its database.
import { DatabaseSync } from "node:sqlite";
import { say } from "../../support/say.ts";

const [port, path] = Deno.args;
const db = new DatabaseSync(path!);
db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 256");
db.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
const insert = db.prepare("INSERT INTO messages (text) VALUES (?)");
const receipt = new Uint8Array(200);
const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(port) });
say("ready");
for await (const conn of listener) serve(conn);

async function serve(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await conn.read(buffer);
    if (length === null) return;
    insert.run(new TextDecoder().decode(buffer.subarray(0, length)));
    await conn.write(receipt);
  }
}
