import { useEffect, useReducer } from "preact/hooks";
import type { PageStore } from "./page_store.ts";

/** Shows the component anew whenever the store has changed. */
export function useStore(store: PageStore): void {
  const [, showAnew] = useReducer((times: number) => times + 1, 0);
  useEffect(() => store.onChange(() => showAnew(undefined as never)), [store]);
}
