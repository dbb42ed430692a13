/** Where one delivery lies in the bucket `mail`. */
export interface DeliveryKey {
  readonly box: number;
  readonly sender: number;
  readonly message: number;
}

/** The key of a delivery that was not read, or was. */
export function mailKey(kind: "open" | "done", { box, sender, message }: DeliveryKey): string {
  return `${kind}.${box}.${sender}.${message}`;
}

/** What such a key says; undefined for any other key. */
export function readMailKey(
  key: string,
): DeliveryKey & { readonly kind: "open" | "done" } | undefined {
  const match = /^(open|done)\.(\d+)\.(\d+)\.(\d+)$/.exec(key);
  if (match === null) return undefined;
  const [box, sender, message] = match.slice(2).map(Number) as [number, number, number];
  return { kind: match[1] as "open" | "done", box, sender, message };
}
