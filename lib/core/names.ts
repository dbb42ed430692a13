import leven from "leven";
import { HustingsError } from "./errors.ts";
import { limits } from "./limits.ts";

const pattern = new RegExp(`^[A-Za-z0-9_-]{1,${limits.nameLength}}$`);

/** True for 1 to 32 letters, digits, `_` or `-`. */
export function isName(text: string): boolean {
  return pattern.test(text);
}

/** Returns `text` when it is a name; throws `bad_name` with the value and the rule otherwise. */
export function checkName(text: string): string {
  if (isName(text)) return text;
  const shown = text.length > 48 ? `${text.slice(0, 48)}…` : text;
  const hint = derivedPart(text);
  const cure = hint === "" ? "" : `, for example '${hint}'`;
  throw new HustingsError(
    "bad_name",
    `'${shown}' cannot be a name: use 1 to ${limits.nameLength} of the letters A-Z, a-z, digits, '_' and '-'${cure}`,
  );
}

/** The form in which two spellings of one name are equal. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** What of `text` can stand in a name: other characters become single dashes, the ends are trimmed. */
function derivedPart(text: string): string {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[^A-Za-z0-9_]+/g, "-")
    .replace(/^-+|-+$/g, "").slice(0, limits.nameLength);
}

/**
 * The name of an agent that did not ask for one: its client and the last part of its directory,
 * as in `claude-shop`. Always a valid name, whatever the directory is called.
 */
export function derivedName(client: string, directory: string): string {
  const first = derivedPart(client).toLowerCase().slice(0, 14).replace(/-+$/, "") || "agent";
  const last = derivedPart(directory.split(/[\\/]/).filter((part) => part !== "").at(-1) ?? "");
  const room = limits.nameLength - first.length - 1 - 4; // four for a number such as "-100"
  const rest = last.toLowerCase().slice(0, room).replace(/-+$/, "");
  return rest === "" ? first : `${first}-${rest}`;
}

/** The name of the room of those who work in `repository`: its last part, as in `shop`. */
export function roomName(repository: string): string {
  const last = derivedPart(repository.split(/[\\/]/).filter((part) => part !== "").at(-1) ?? "");
  const room = limits.nameLength - 4; // four for a number such as "-100"
  return last.toLowerCase().slice(0, room).replace(/-+$/, "") || "room";
}

/** The `n`th choice after `base`: `base`, `base-2`, `base-3` and so on; `n` starts at 1. */
export function numberedName(base: string, n: number): string {
  return n === 1 ? base : `${base}-${n}`;
}

/**
 * The names of `known` that a person who typed `wanted` may have meant, nearest first, at most three:
 * those within a third of its letters (swapped neighbours count as two), and those that contain it or are contained in it.
 */
export function nearNames(wanted: string, known: Iterable<string>): string[] {
  const key = nameKey(wanted);
  const reach = key.length <= 3 ? 1 : Math.max(2, Math.floor(key.length / 3));
  const scored: { name: string; distance: number }[] = [];
  for (const name of known) {
    const other = nameKey(name);
    if (other === key) continue;
    const contained = Math.min(key.length, other.length) >= 3 &&
      (other.includes(key) || key.includes(other));
    const distance = leven(key, other);
    if (distance <= reach || contained) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limits.nearNames).map((entry) => entry.name);
}
