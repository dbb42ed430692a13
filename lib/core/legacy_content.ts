/** What a legacy message holds: a text, and data for programs. */
export interface LegacyContent {
  readonly content: string;
  /** Absent where there is none. */
  readonly data?: unknown;
}

const block = /(?:^|\n\n)```json data\n([^\n]*)\n```$/;

/**
 * The text that stands for it on the bus: data follows the text as a fenced block of one line, which
 * people and models can read, and `legacyContent` takes apart again.
 */
export function legacyText({ content, data }: LegacyContent): string {
  if (data === undefined || data === null) return content;
  const gap = content === "" ? "" : "\n\n";
  return `${content}${gap}\`\`\`json data\n${JSON.stringify(data)}\n\`\`\``;
}

/** The text of any message as a legacy script reads it; a block that holds no JSON stays a part of the text. */
export function legacyContent(text: string): LegacyContent {
  const found = block.exec(text);
  if (found === null) return { content: text };
  try {
    return { content: text.slice(0, found.index), data: JSON.parse(found[1]!) };
  } catch {
    return { content: text };
  }
}
