// deno-lint-ignore-file camelcase -- the fields of these interfaces are written so
// The parts of three vendors' HTTP interfaces that their clients need of a model: what the user said last,
// how many tool results came since, and an answer that calls a tool or says a word.
import type { AskedCall } from "./calls_in.ts";

// deno-lint-ignore no-explicit-any -- requests of four clients, read where they are alike
type Body = any;

/** What a request shows of its conversation. */
export interface Conversation {
  /** What the user, or the client in the user's name, said last. */
  readonly said: string;
  /** Results of tools since then. */
  readonly results: number;
  readonly hasTools: boolean;
}

export interface VendorApi {
  readonly path: RegExp;
  read(body: Body): Conversation;
  /** Answers with a call, or else with a word. */
  answer(body: Body, call: AskedCall | undefined): Response;
}

const word = "done";
let ids = 0;
const nextId = (prefix: string) => `${prefix}_${++ids}`;

const json = (value: unknown) => Response.json(value);

function events(list: readonly (readonly [string | undefined, unknown])[]): Response {
  const lines = list.map(([event, data]) =>
    (event === undefined ? "" : `event: ${event}\n`) +
    `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`
  );
  return new Response(lines.join(""), { headers: { "content-type": "text/event-stream" } });
}

/** Counts the results after the last text of the user. */
function since<T>(parts: readonly T[], textOf: (part: T) => string | undefined): Conversation {
  let said = "";
  let results = 0;
  for (const part of parts) {
    const text = textOf(part);
    if (text === undefined) results += 1;
    else if (/CALL \S+ \{/.test(text) || results === 0) {
      said = text;
      results = 0;
    }
  }
  return { said, results, hasTools: true };
}

const anthropic: VendorApi = {
  path: /^\/v1\/messages(\?|$)/,
  read(body) {
    const parts = (body.messages ?? []).filter((each: Body) => each.role === "user")
      .flatMap((each: Body) =>
        typeof each.content === "string" ? [{ type: "text", text: each.content }] : each.content
      );
    const known = parts.filter((part: Body) => ["text", "tool_result"].includes(part.type));
    const textOf = (part: Body) => part.type === "text" ? part.text as string : undefined;
    return { ...since(known, textOf), hasTools: (body.tools ?? []).length > 0 };
  },
  answer(body, call) {
    const message = {
      ...{ id: nextId("msg"), type: "message", role: "assistant", model: body.model, content: [] },
      ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } },
    };
    const block = call === undefined
      ? { type: "text", text: word }
      : { type: "tool_use", id: nextId("toolu"), name: call.name, input: call.args };
    const stop = call === undefined ? "end_turn" : "tool_use";
    if (!body.stream) return json({ ...message, content: [block], stop_reason: stop });
    const delta = call === undefined
      ? { type: "text_delta", text: word }
      : { type: "input_json_delta", partial_json: JSON.stringify(call.args) };
    const begun = call === undefined ? { type: "text", text: "" } : { ...block, input: {} };
    return events([
      { type: "message_start", message },
      { type: "content_block_start", index: 0, content_block: begun },
      { type: "content_block_delta", index: 0, delta },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: stop, stop_sequence: null },
        usage: { output_tokens: 1 },
      },
      { type: "message_stop" },
    ].map((event) => [event.type, event] as const));
  },
};

const responses: VendorApi = {
  path: /\/responses$/,
  read(body) {
    const parts = (body.input ?? []).filter((item: Body) =>
      item.role === "user" || /call_output$/.test(item.type ?? "")
    );
    const textOf = (item: Body) =>
      item.role === "user"
        ? (item.content ?? []).map((part: Body) => part.text ?? "").join(" ")
        : undefined;
    return { ...since(parts, textOf), hasTools: (body.tools ?? []).length > 0 };
  },
  answer(_body, call) {
    const { namespace, ...args } = call?.args ?? {};
    const item = call === undefined
      ? {
        type: "message",
        id: nextId("m"),
        role: "assistant",
        content: [{ type: "output_text", text: word }],
      }
      : {
        ...{ type: "function_call", id: nextId("fc"), call_id: nextId("call"), name: call.name },
        ...{ arguments: JSON.stringify(args), ...(namespace === undefined ? {} : { namespace }) },
      };
    const id = nextId("resp");
    const none = { input_tokens_details: null, output_tokens_details: null };
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2, ...none };
    return events([
      { type: "response.created", response: { id } },
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: { id, usage } },
    ].map((event) => [event.type, event] as const));
  },
};

const completions: VendorApi = {
  path: /\/chat\/completions$/,
  read(body) {
    const parts = (body.messages ?? []).filter((each: Body) =>
      ["user", "tool"].includes(each.role)
    );
    const textOf = (each: Body) =>
      each.role === "tool"
        ? undefined
        : typeof each.content === "string"
        ? each.content
        : each.content.map((part: Body) => part.text ?? "").join(" ");
    return { ...since(parts, textOf), hasTools: (body.tools ?? []).length > 0 };
  },
  answer(body, call) {
    const id = nextId("c");
    const message = call === undefined ? { role: "assistant", content: word } : {
      role: "assistant",
      tool_calls: [{
        ...{ index: 0, id: nextId("call"), type: "function" },
        function: { name: call.name, arguments: JSON.stringify(call.args) },
      }],
    };
    const stop = call === undefined ? "stop" : "tool_calls";
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const whole = { id, created: 1, model: body.model, usage };
    if (!body.stream) {
      const choices = [{ index: 0, message, finish_reason: stop }];
      return json({ ...whole, object: "chat.completion", choices });
    }
    const chunk = (delta: unknown, reason: string | null) => ({
      ...whole,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    return events([
      [undefined, chunk(message, null)],
      [undefined, chunk({}, stop)],
      [undefined, "[DONE]"],
    ]);
  },
};

const gemini: VendorApi = {
  path: /:(stream)?generateContent/i,
  read(body) {
    const parts = (body.contents ?? []).filter((each: Body) => each.role !== "model")
      .flatMap((each: Body) => each.parts ?? [])
      .filter((part: Body) => part.text !== undefined || part.functionResponse !== undefined);
    const textOf = (part: Body) => part.functionResponse === undefined ? part.text : undefined;
    return { ...since<Body>(parts, textOf), hasTools: (body.tools ?? []).length > 0 };
  },
  answer(body, call) {
    const isJson = body.generationConfig?.responseMimeType === "application/json" ||
      body.generationConfig?.responseJsonSchema !== undefined;
    const route = { model_choice: "flash", reasoning: word, complexity_score: 1 };
    const part = call !== undefined
      ? { functionCall: { name: call.name, args: call.args } }
      : { text: isJson ? JSON.stringify({ ...route, next_speaker: "user" }) : word };
    const content = { role: "model", parts: [part] };
    const counts = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
    const whole = {
      candidates: [{ content, finishReason: "STOP", index: 0 }],
      usageMetadata: counts,
    };
    return isJson ? json(whole) : events([[undefined, whole]]);
  },
};

/** Anthropic's messages, OpenAI's responses and chat completions, Google's generateContent. */
export const vendorApis: readonly VendorApi[] = [anthropic, responses, completions, gemini];
