import type { HookForm } from "./clients.ts";

const forms: Record<HookForm, (event: string, text: string) => unknown> = {
  // Added to what the model sees at this point.
  "context": (event, text) => ({
    hookSpecificOutput: { hookEventName: event, additionalContext: text },
  }),
  "plain context": (_, text) => ({ additional_context: text }),
  // The turn does not end: the model goes on with the text.
  "block": (_, text) => ({ decision: "block", reason: text }),
  "nested block": (event, text) => ({
    hookSpecificOutput: { hookEventName: event, decision: "block", reason: text },
  }),
  "follow-up": (_, text) => ({ followup_message: text }),
};

/** What the hook of `event` prints so that its client shows `text` to the model: one line of JSON. */
export function hookOutput(event: string, form: HookForm, text: string): string {
  return `${JSON.stringify(forms[form](event, text))}\n`;
}
