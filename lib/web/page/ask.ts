import type { PageStore } from "./page_store.ts";

/** What the dashboard or the bus said no to, in its words. */
class Refused extends Error {
  override name = "Refused";
}

/** Headers of everything that the page asks. */
export function keyHeaders({ key }: PageStore): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}

/** Asks the dashboard for one thing; rejects with `Refused` where it or the bus said no. */
export async function ask<T>(store: PageStore, path: string, body: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method: "POST",
      headers: { ...keyHeaders(store), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused("The dashboard does not answer: is it still running in its terminal?");
  }
  const value = await response.json();
  if (response.ok) return value as T;
  if (response.status === 401) store.change({ link: "refused" });
  throw new Refused(value.error.message);
}

/** What went wrong, as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
