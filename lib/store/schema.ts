/** What `sum` of the reign is, from form 4 on: another value shows that a bit of it changed on disk. */
export const reignSum = "epoch + 3 * port + 5 * pid + 7 * since_ms + 11 * commits";

/** The same of each reign before, from form 5 on. */
export const reignsSum = "epoch + 3 * port + 5 * pid + 7 * since_ms";

/**
 * The schema, as steps from one version to the next; `user_version` says how many were taken. A step
 * that was released is never changed.
 *
 * States of a delivery are numbers in the order of `deliveryStates`: 0 accepted, 1 handed, 2 read,
 * 3 answered. Counters of what is queued live beside the mailbox, kept by triggers, so that neither
 * a list nor a check counts rows.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE reign (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    port INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
  ) STRICT;
  INSERT INTO reign VALUES (1, 0, 0, 0, 0);

  CREATE TABLE mailboxes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    client TEXT,
    directory TEXT,
    shared INTEGER NOT NULL DEFAULT 0,
    instance TEXT,
    pid INTEGER NOT NULL DEFAULT 0,
    since_ms INTEGER NOT NULL,
    accepted INTEGER NOT NULL DEFAULT 0,
    handed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX mailboxes_owner ON mailboxes (client, directory) WHERE client IS NOT NULL;
  CREATE UNIQUE INDEX mailboxes_instance ON mailboxes (instance) WHERE instance IS NOT NULL;

  CREATE TABLE forwards (
    name_key TEXT PRIMARY KEY,
    mailbox INTEGER NOT NULL REFERENCES mailboxes (id),
    until_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX forwards_mailbox ON forwards (mailbox);

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    sender INTEGER NOT NULL,
    sender_name TEXT NOT NULL,
    written_to TEXT NOT NULL,
    thread INTEGER,
    reply_to INTEGER,
    at_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_sender ON messages (sender, id);
  CREATE INDEX messages_reply ON messages (reply_to) WHERE reply_to IS NOT NULL;

  CREATE TABLE deliveries (
    mailbox INTEGER NOT NULL REFERENCES mailboxes (id),
    message INTEGER NOT NULL REFERENCES messages (id),
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    redelivered INTEGER NOT NULL DEFAULT 0,
    instance TEXT,
    request INTEGER,
    handed_ms INTEGER,
    read_ms INTEGER,
    answered_ms INTEGER,
    PRIMARY KEY (mailbox, message)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_message ON deliveries (message);
  CREATE INDEX deliveries_accepted ON deliveries (mailbox, message) WHERE state = 0;
  CREATE INDEX deliveries_handed ON deliveries (instance, request) WHERE state = 1;

  CREATE TRIGGER delivery_added AFTER INSERT ON deliveries BEGIN
    UPDATE mailboxes SET accepted = accepted + (NEW.state = 0), handed = handed + (NEW.state = 1)
      WHERE id = NEW.mailbox;
  END;
  CREATE TRIGGER delivery_changed AFTER UPDATE OF state, mailbox ON deliveries BEGIN
    UPDATE mailboxes SET accepted = accepted - (OLD.state = 0), handed = handed - (OLD.state = 1)
      WHERE id = OLD.mailbox;
    UPDATE mailboxes SET accepted = accepted + (NEW.state = 0), handed = handed + (NEW.state = 1)
      WHERE id = NEW.mailbox;
  END;
  CREATE TRIGGER delivery_removed AFTER DELETE ON deliveries BEGIN
    UPDATE mailboxes SET accepted = accepted - (OLD.state = 0), handed = handed - (OLD.state = 1)
      WHERE id = OLD.mailbox;
  END;
  `,
  // Each small table stands twice, in itself and in an index of all its columns, so that an integrity
  // check, which compares both, finds any bit that changed on disk. Texts have a checksum instead.
  `
  ALTER TABLE reign ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX reign_twice ON reign (epoch, port, pid, since_ms, commits);
  CREATE INDEX mailboxes_twice ON mailboxes
    (name, client, directory, shared, instance, pid, since_ms, accepted, handed);
  DROP INDEX forwards_mailbox;
  CREATE INDEX forwards_twice ON forwards (mailbox, until_ms);
  DROP INDEX deliveries_message;
  CREATE INDEX deliveries_twice ON deliveries
    (message, state, redelivered, instance, request, handed_ms, read_ms, answered_ms);

  CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  `,
  // What conversation holds a mailbox, and rooms. `way` says how somebody came to be in a room, or not:
  // 0 by working in its repository, 1 by entering, 2 out of it by leaving.
  `
  ALTER TABLE mailboxes ADD COLUMN session TEXT;
  ALTER TABLE mailboxes ADD COLUMN branch TEXT;
  DROP INDEX mailboxes_twice;
  CREATE INDEX mailboxes_twice ON mailboxes
    (name, client, directory, shared, instance, pid, since_ms, accepted, handed,
      session, branch);

  CREATE TABLE rooms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    repository TEXT UNIQUE
  ) STRICT;
  CREATE INDEX rooms_twice ON rooms (name, repository);

  CREATE TABLE insiders (
    room INTEGER NOT NULL REFERENCES rooms (id),
    mailbox INTEGER NOT NULL REFERENCES mailboxes (id),
    way INTEGER NOT NULL CHECK (way BETWEEN 0 AND 2),
    PRIMARY KEY (room, mailbox)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX insiders_twice ON insiders (mailbox, way);
  `,
  // A commit writes every page that it touches, so what is added lies together: deliveries in the order
  // of their messages, and by mailbox only what is queued, which is little, and what was read. The reign
  // has its sum instead of a second copy. Who was here lately is found without looking at everybody.
  `
  CREATE TABLE deliveries_by_message (
    message INTEGER NOT NULL REFERENCES messages (id),
    mailbox INTEGER NOT NULL REFERENCES mailboxes (id),
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    redelivered INTEGER NOT NULL DEFAULT 0,
    instance TEXT,
    request INTEGER,
    handed_ms INTEGER,
    read_ms INTEGER,
    answered_ms INTEGER,
    PRIMARY KEY (message, mailbox)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO deliveries_by_message
    SELECT message, mailbox, state, redelivered, instance, request, handed_ms, read_ms, answered_ms
    FROM deliveries ORDER BY message, mailbox;
  DROP TABLE deliveries;
  ALTER TABLE deliveries_by_message RENAME TO deliveries;
  CREATE INDEX deliveries_queued ON deliveries (mailbox, message) WHERE state = 0;
  CREATE INDEX deliveries_seen ON deliveries (mailbox, message) WHERE state >= 2;
  CREATE INDEX deliveries_handed ON deliveries (instance, request) WHERE state = 1;
  CREATE INDEX deliveries_twice ON deliveries
    (message, state, redelivered, instance, request, handed_ms, read_ms, answered_ms);
  CREATE TRIGGER delivery_added AFTER INSERT ON deliveries BEGIN
    UPDATE mailboxes SET accepted = accepted + (NEW.state = 0), handed = handed + (NEW.state = 1)
      WHERE id = NEW.mailbox;
  END;
  CREATE TRIGGER delivery_changed AFTER UPDATE OF state, mailbox ON deliveries BEGIN
    UPDATE mailboxes SET accepted = accepted - (OLD.state = 0), handed = handed - (OLD.state = 1)
      WHERE id = OLD.mailbox;
    UPDATE mailboxes SET accepted = accepted + (NEW.state = 0), handed = handed + (NEW.state = 1)
      WHERE id = NEW.mailbox;
  END;
  CREATE TRIGGER delivery_removed AFTER DELETE ON deliveries BEGIN
    UPDATE mailboxes SET accepted = accepted - (OLD.state = 0), handed = handed - (OLD.state = 1)
      WHERE id = OLD.mailbox;
  END;

  DROP INDEX reign_twice;
  CREATE TABLE reign_summed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    port INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    commits INTEGER NOT NULL,
    sum INTEGER NOT NULL GENERATED ALWAYS AS (${reignSum}) STORED
  ) STRICT;
  INSERT INTO reign_summed SELECT one, epoch, port, pid, since_ms, commits FROM reign;
  DROP TABLE reign;
  ALTER TABLE reign_summed RENAME TO reign;

  CREATE INDEX mailboxes_since ON mailboxes (since_ms) WHERE client IS NOT NULL;
  CREATE INDEX mailboxes_unclaimed ON mailboxes (name_key) WHERE client IS NULL;
  `,
  // What those who watch the bus see and hold up. A claim writes one page more than before: the last
  // reigns have a sum instead of a second copy, too.
  `
  CREATE TABLE reigns (
    epoch INTEGER PRIMARY KEY,
    port INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    sum INTEGER NOT NULL GENERATED ALWAYS AS (${reignsSum}) STORED
  ) STRICT;
  INSERT INTO reigns SELECT epoch, port, pid, since_ms FROM reign WHERE epoch > 0;

  ALTER TABLE mailboxes ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
  DROP INDEX mailboxes_twice;
  CREATE INDEX mailboxes_twice ON mailboxes
    (name, client, directory, shared, instance, pid, since_ms, accepted, handed,
      session, branch, paused);

  CREATE TABLE everyone (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    paused INTEGER NOT NULL
  ) STRICT;
  INSERT INTO everyone VALUES (1, 0);
  CREATE INDEX everyone_twice ON everyone (paused);

  CREATE TABLE stopped (
    thread INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX stopped_twice ON stopped (at_ms);

  CREATE INDEX messages_thread ON messages (thread) WHERE thread IS NOT NULL;
  `,
];

/** Marks the file as ours ("HUST"), so that another program's database is never taken for a store. */
export const applicationId = 0x48555354;
