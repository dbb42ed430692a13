/// <reference lib="dom" />
import { render } from "preact";
import { App } from "./app.tsx";
import { keepTime } from "./keep_time.ts";
import { followBus } from "./follow_bus.ts";
import { PageStore } from "./page_store.ts";
import { takeKey } from "./take_key.ts";
import { applyTheme, storedTheme } from "./theme.ts";
import { watchFindings } from "./watch_findings.ts";

// The page begins: it takes the key out of the link, follows the bus, and shows what it knows of it.
applyTheme(storedTheme());
const store = new PageStore(takeKey());
render(<App store={store} />, document.body);
keepTime(store);
if (store.ui.link !== "refused") {
  followBus(store);
  watchFindings(store);
}
