/** The moment `atMs` for a reader at `nowMs`: `21:02Z (3 min ago)`, with the date where it is another day. */
export function when(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toISOString();
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const day = at.startsWith(today) ? "" : `${at.slice(0, 10)} `;
  return `${day}${at.slice(11, 16)}Z (${age(nowMs - atMs)})`;
}

function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 10) return "just now";
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
