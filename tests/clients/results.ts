import type { AiClient } from "./ai_client.ts";

export const columns = ["send", "check", "wait", "hook at next turn", "woken when idle"] as const;
export type Column = typeof columns[number];

type Cell = { readonly ms?: number; readonly note?: string; readonly error?: string };

/** What was seen of each client, and whether that is what should be. */
export class Results {
  readonly #clients: readonly AiClient[];
  readonly #cells = new Map<string, Cell>();
  readonly #lines: string[] = [];
  #isGood = true;

  constructor(clients: readonly AiClient[]) {
    this.#clients = clients;
  }

  get isGood(): boolean {
    return this.#isGood;
  }

  /** It works; `ms`: from the send to the model's eyes. */
  works(client: AiClient, column: Column, ms?: number): void {
    if (this.#cells.get(key(client, column))?.error !== undefined) return;
    this.#cells.set(key(client, column), ms === undefined ? {} : { ms });
  }

  /** The client has no way to do it. */
  cannot(client: AiClient, column: Column, note: string): void {
    this.#cells.set(key(client, column), { note });
  }

  failed(client: AiClient, column: Column, error: unknown): void {
    this.#isGood = false;
    this.#cells.set(key(client, column), { error: String(error) });
    this.#lines.push(`${client.title}, ${column}: ${error}`);
  }

  /** Something that belongs to no cell. */
  line(text: string, isGood = true): void {
    this.#isGood &&= isGood;
    this.#lines.push(text);
  }

  table(): string {
    const head = `| client | ${columns.join(" | ")} |\n|---|${columns.map(() => "---|").join("")}`;
    const rows = this.#clients.map((client) =>
      `| ${client.title} | ${
        columns.map((column) => shown(this.#cells.get(key(client, column)))).join(" | ")
      } |`
    );
    return [head, ...rows, "", ...this.#lines].join("\n");
  }
}

function key(client: AiClient, column: Column): string {
  return `${client.name} ${column}`;
}

function shown(cell: Cell | undefined): string {
  if (cell === undefined) return "not tried";
  if (cell.error !== undefined) return "FAILED";
  if (cell.note !== undefined) return cell.note;
  return cell.ms === undefined ? "yes" : `yes, ${cell.ms.toFixed(0)} ms`;
}
