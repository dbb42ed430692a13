const place = "hustings-key";

/**
 * The key of the link. It stands behind the `#`, which no browser sends, and is taken out of the address
 * at once: it stays in this window alone, also when that is loaded again. Undefined where there is none.
 */
export function takeKey(): string | undefined {
  const given = location.hash.slice(1);
  if (given !== "") {
    sessionStorage.setItem(place, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(place) ?? undefined;
}
