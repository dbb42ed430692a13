import { HustingsError, toHustingsError } from "../../core/errors.ts";
import { equalBytes } from "../../core/handshake.ts";
import { InvariantViolation } from "../../core/invariant.ts";
import { neededText } from "../../core/legacy_fields.ts";
import type { LegacyRequest } from "../../core/legacy_fields.ts";
import { isLegacy } from "../../core/legacy_owner.ts";
import { limits } from "../../core/limits.ts";
import { isName, nameKey } from "../../core/names.ts";
import { SlidingWindow } from "../../core/sliding_window.ts";
import type { Mailbox } from "../../store/store.ts";
import { LegacyActions } from "./legacy_actions.ts";
import type { Deliver, LegacyDeskOptions, LegacyReply } from "./legacy_desk_options.ts";
import type { LegacySetting } from "./legacy_setting.ts";
import { decodeToken, encodeToken, registrationBytes } from "./legacy_token.ts";
import { registerScript } from "./register_script.ts";

/** Room for the rows of a new name. */
const registrationGrowsBytes = 1024;

/** What legacy scripts ask for, on the same store and under the same rules as everybody else's requests. */
export class LegacyDesk {
  readonly #options: LegacyDeskOptions;
  readonly #actions: LegacyActions;
  /** Requests by mailbox, and registrations by name, the last one at the end. */
  readonly #requests = new Map<number, SlidingWindow>();
  readonly #registrations = new Map<string, SlidingWindow>();
  readonly #allRegistrations = new SlidingWindow(limits.legacyRegistrations);

  constructor(options: LegacyDeskOptions) {
    this.#options = options;
    this.#actions = new LegacyActions(options);
  }

  /**
   * Carries one request out and has its answer delivered; errors are answers, too. A broker that was
   * passed over answers nothing. Does not reject, but for a fault of this program.
   */
  async serve(request: LegacyRequest, setting: LegacySetting, deliver: Deliver): Promise<void> {
    try {
      if (request["action"] === "register") await deliver(await this.#register(request, setting));
      else {
        const caller = await this.#callerOf(request, setting);
        await this.#actions.carryOut(caller, request, deliver);
      }
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
      const { code, message } = toHustingsError(error);
      if (code !== "fenced") await deliver({ status: "error", message });
    }
  }

  async #register(request: LegacyRequest, setting: LegacySetting): Promise<LegacyReply> {
    const { journal, clock, credentials } = this.#options;
    const name = neededText(request, "instance_id");
    if (!isName(name)) {
      throw refusal(
        "Invalid instance ID format. Use 1-32 alphanumeric characters, hyphens, or underscores.",
      );
    }
    if (!this.#mayRegister(name)) throw refusal("Too many registration attempts. Please wait.");
    if (!await isProven(name, request["auth_token"], setting)) throw refusal("Invalid auth token");
    const registration = credentials.random.bytes(registrationBytes).toHex();
    const mailbox = await journal.run(
      (transaction) => registerScript(transaction, name, registration, clock.wallMs()),
      registrationGrowsBytes,
    );
    const token = await encodeToken(
      { mailbox: mailbox.id, registration },
      setting,
      credentials.mac,
    );
    const queued = mailbox.accepted === 0 ? "" : ` with ${mailbox.accepted} queued messages`;
    return { status: "ok", session_token: token, message: `Registered ${name}${queued}` };
  }

  #mayRegister(name: string): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const key = nameKey(name);
    const own = this.#registrations.get(key) ?? new SlidingWindow(limits.legacyRequests);
    this.#registrations.delete(key);
    this.#registrations.set(key, own);
    const [oldest] = this.#registrations.keys();
    if (this.#registrations.size > limits.legacyNames) this.#registrations.delete(oldest!);
    return own.take(nowMs) && this.#allRegistrations.take(nowMs);
  }

  /** The mailbox of the script that asks, which was here with that. */
  async #callerOf(request: LegacyRequest, setting: LegacySetting): Promise<Mailbox> {
    const { journal, clock, credentials } = this.#options;
    const holder = await decodeToken(request["session_token"], setting, credentials.mac);
    const caller = holder === undefined ? undefined : await journal.run(({ mailboxes }) => {
      const found = mailboxes.byId(holder.mailbox);
      const isIts = found?.shared === true && isLegacy(found.owner) &&
        found.session === holder.registration;
      if (isIts) mailboxes.touchShared(found.id, clock.wallMs());
      return isIts ? found : undefined;
    });
    if (caller === undefined) throw refusal("Invalid or missing session token");
    const window = this.#requests.get(caller.id) ?? new SlidingWindow(limits.legacyRequests);
    this.#requests.set(caller.id, window);
    if (window.take(clock.monotonicMs())) return caller;
    throw refusal("Rate limit exceeded. Please wait before sending more requests.");
  }
}

/** Whether the script knows the secret; where there is none, nobody is asked for it. */
async function isProven(name: string, proof: unknown, setting: LegacySetting): Promise<boolean> {
  if (setting.mode === "open") return true;
  const encoder = new TextEncoder();
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${name}:${setting.secret}`));
  const expected = encoder.encode(new Uint8Array(digest).toHex());
  return typeof proof === "string" && equalBytes(encoder.encode(proof), expected);
}

function refusal(message: string): HustingsError {
  return new HustingsError("bad_request", message);
}
