/** One tool call that a prompt asks a mock model for. */
export interface AskedCall {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/**
 * The calls that a text asks for, in order: `CALL tool {json} END`, where the text may stand in JSON
 * itself, with its quotes escaped.
 */
export function callsIn(text: string): AskedCall[] {
  return [...text.matchAll(/CALL (\S+) (\{.*?\})\s*END/gs)].flatMap(([, name, json]) => {
    const args = parsed(json!) ?? parsed(json!.replaceAll('\\"', '"'));
    return args === undefined ? [] : [{ name: name!, args }];
  });
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
