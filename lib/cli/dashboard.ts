import type { Verb } from "./verb.ts";

export const dashboard: Verb = {
  name: "dashboard",
  summary: "show the bus in a browser, and take part there",
  usage: ["dashboard [--no-open] [--port PORT]"],
  about:
    `Shows who is here, who is the broker, every conversation with what became of each message, and
what the doctor finds, as it happens. There you write to agents as a person, answer them,
pause what is sent to somebody, and stop a conversation of agents that goes in circles.
It is a page of this machine alone: the port is one of 127.0.0.1, and nothing is loaded
from elsewhere. The link holds a key that is made anew each time: whoever has it can read
and write here, so keep it to yourself. The dashboard is never the broker, and outlives
it; it runs until Ctrl-C.`,
  options: {
    "no-open": { type: "boolean", help: "print the link, and open no browser" },
    port: { type: "string", value: "PORT", help: "the port, instead of one that is free" },
    json: { type: "boolean", help: "print JSON; errors too (on stderr)" },
  },
  json: `{"url"}   One line, once the page can be had.`,
  run: (call, beyond) => beyond.dashboard(call),
};
