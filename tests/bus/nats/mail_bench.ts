import type { Clock } from "../../../lib/core/clock.ts";
import { HustingsError } from "../../../lib/core/errors.ts";
import type { Link } from "../../../lib/bus/nats/link.ts";
import { MailReading } from "../../../lib/bus/nats/mail_reading.ts";
import { MessageShelf } from "../../../lib/bus/nats/message_shelf.ts";
import { natsSetting } from "../../../lib/bus/nats/nats_setting.ts";
import { Realm } from "../../../lib/bus/nats/realm.ts";
import { SentMail } from "../../../lib/bus/nats/sent_mail.ts";
import { systemRandom } from "../../../lib/member/system_random.ts";
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

interface OpenOptions {
  readonly shared?: boolean;
  readonly workingMs?: number;
  readonly clock?: Clock;
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

  stopServer(): Promise<void> {
    return this.#server.kill();
  }

  startServer(): Promise<void> {
    return this.#server.begin();
  }

  async open(
    box: number,
    { shared = false, workingMs = 0, clock = systemClock }: OpenOptions = {},
  ): Promise<Process> {
    const setting = natsSetting(`nats://${this.#server.host}/test`);
    const link = await Realm.open(setting, { clock, random: systemRandom });
    const { nc, names } = link;
    const instance = `instance-${++this.#lastInstance}`;
    nc.subscribe(names.alive(instance), { callback: (_error, message) => void message.respond() });
    const [shelf, sent] = [new MessageShelf(link), new SentMail(link)];
    sent.hear([box]);
    const reading = new MailReading({
      link,
      shelf,
      sent,
      clock,
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
      await link.close();
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
