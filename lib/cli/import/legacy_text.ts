import type { LegacyMessage } from "./legacy_store.ts";

type Told = Pick<LegacyMessage, "content" | "data" | "largeFile">;

/**
 * All that a message of claude-ipc-mcp said, as one text: its content, then what came with it, one field
 * after the other, and where the whole of a longer text lies.
 */
export function legacyText({ content, data, largeFile }: Told): string {
  const parts = [
    ...(content === "" ? [] : [content]),
    ...fieldsOf(data),
    ...(largeFile === undefined || content.includes(largeFile)
      ? []
      : [`The whole text is in ${largeFile}`]),
  ];
  return parts.join("\n\n");
}

function fieldsOf(data: string | undefined): string[] {
  if (data === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return [data]; // whatever it is, its reader may make something of it
  }
  if (value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) return [JSON.stringify(value)];
  return Object.entries(value).map(([name, field]) => {
    const text = typeof field === "string" ? field : JSON.stringify(field);
    return text.includes("\n") ? `${name}:\n${text}` : `${name}: ${text}`;
  });
}
