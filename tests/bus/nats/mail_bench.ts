import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect, nanos } from "@nats-io/transport-node";
import { HustingsError } from "../../../lib/core/errors.ts";
import type { Link } from "../../../lib/bus/nats/link.ts";
import { MailReading } from "../../../lib/bus/nats/mail_reading.ts";
import { MessageShelf } from "../../../lib/bus/nats/message_shelf.ts";
import { realmNames } from "../../../lib/bus/nats/realm_names.ts";
import { SentMail } from "../../../lib/bus/nats/sent_mail.ts";
import { systemClock } from "../../../lib/member/system_clock.ts";
import { NatsServer } from "../../support/nats_server.ts";

async function isSilent({ nc, names }: Link, instance: string): Promise<boolean> {
  return await nc.request(names.alive(instance)).then(() => false, () => true);
}

/** One process that reads the mail of a box, with a connection of its own. */
export interface Process {
  readonly link: Link;
  readonly shelf: MessageShelf;
  readonly sent: SentMail;
  readonly reading: MailReading;
  die(): Promise<void>;
}

/** A server, and processes that put mail into boxes and read it. */
export class MailBench implements AsyncDisposable {
  readonly #server: NatsServer;
  readonly #closes: (() => Promise<void>)[] = [];
  #lastInstance = 0;
  isPaused = false;

  private constructor(server: NatsServer) {
    this.#server = server;
  }

  static async create(): Promise<MailBench> {
    return new MailBench(await NatsServer.start());
  }

  async open(box: number, { shared = false, workingMs = 0 } = {}): Promise<Process> {
    const nc = await connect({ servers: this.#server.host, waitOnFirstConnect: true });
    const [js, jsm, names] = [jetstream(nc), await jetstreamManager(nc), realmNames("test")];
    await jsm.streams.add({
      name: names.messages,
      subjects: [...names.messageSubjects],
      allow_direct: true,
      duplicate_window: nanos(600_000),
    });
    const kvm = new Kvm(js);
    await kvm.create(names.mail);
    await kvm.create(names.live);
    const link: Link = {
      names,
      nc,
      js,
      jsm,
      clock: systemClock,
      run: (step) =>
        step().catch((error) => {
          throw new HustingsError("bus_down", String(error), { cause: error });
        }),
      onReconnect: () => () => {},
    };
    const instance = `instance-${++this.#lastInstance}`;
    nc.subscribe(names.alive(instance), { callback: (_error, message) => void message.respond() });
    const [shelf, sent] = [new MessageShelf(link), new SentMail(link)];
    sent.hear([box]);
    const reading = new MailReading({
      link,
      shelf,
      sent,
      clock: systemClock,
      holders: { isGone: (instance) => isSilent(link, instance) },
      isForSender: true,
      reader: {
        instance,
        boxes: () => [box],
        name: () => `box-${box}`,
        isShared: () => shared,
        isPaused: () => this.isPaused,
      },
      isAwaited: () => false,
      workingMs: () => workingMs,
    });
    const die = async () => {
      reading.close(new HustingsError("bus_down", "It has left"));
      await nc.close();
    };
    this.#closes.push(die);
    await nc.flush();
    return { link, shelf, sent, reading, die };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closes) await close();
    await this.#server[Symbol.asyncDispose]();
  }
}
