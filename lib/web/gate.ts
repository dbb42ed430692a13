import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";

/** What is looked at of a request before anything is done for it. */
export interface Asked {
  readonly method: string;
  /** Without the part behind the question mark. */
  readonly path: string;
  /** All values of a header, by its name in small letters. */
  header(name: string): readonly string[];
}

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 421;
  readonly message: string;
}

/** Paths that tell or do something; all others are the page itself, which holds no secret. */
export function isApi(path: string): boolean {
  return path.startsWith("/api/");
}

/**
 * Keeps everybody out who is not the dashboard's own page with its key: other users of the machine by
 * the key, other sites in the user's browser by where they come from, and a name that was made to lead
 * here (DNS rebinding) by the name.
 */
export class Gate {
  readonly #host: string;
  readonly #key: Uint8Array;

  constructor(port: number, key: string) {
    this.#host = `127.0.0.1:${port}`;
    this.#key = digest(key);
  }

  /** Undefined where the request may go on. */
  refusal(asked: Asked): Refusal | undefined {
    const { method, path } = asked;
    if (asked.header("host").join() !== this.#host) {
      return { status: 421, message: `This is http://${this.#host}/ and nothing else` };
    }
    if (method !== "GET" && !(method === "POST" && isApi(path))) {
      return { status: 405, message: `There is no ${method} here` };
    }
    if (!isApi(path)) return undefined;
    if (!this.#isOwnPage(asked)) {
      return { status: 403, message: "Only the dashboard's own page may ask this" };
    }
    if (this.#hasKey(asked)) return undefined;
    const cure = "open the link that 'hustings dashboard' printed";
    return { status: 401, message: `The key is missing, or is that of another run: ${cure}` };
  }

  /** Browsers say where a request comes from; on a GET older ones do not. */
  #isOwnPage({ method, header }: Asked): boolean {
    const origins = header("origin");
    const sites = header("sec-fetch-site");
    if (origins.length === 0 && method !== "GET") return false;
    return origins.every((origin) => origin === `http://${this.#host}`) &&
      sites.every((site) => site === "same-origin");
  }

  /** Compared by digests of one length, in a time that tells nothing of where they differ. */
  #hasKey({ header }: Asked): boolean {
    const [given = "", ...others] = header("authorization");
    const key = /^Bearer ([\w-]{1,128})$/.exec(given)?.[1] ?? "";
    return timingSafeEqual(digest(key), this.#key) && others.length === 0;
  }
}

function digest(key: string): Uint8Array {
  return createHash("sha256").update(Buffer.from(key)).digest();
}
