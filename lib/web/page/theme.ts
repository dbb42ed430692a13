export type Theme = "system" | "light" | "dark";

const place = "hustings-theme";
const themes: readonly Theme[] = ["system", "light", "dark"];

/** The theme that was chosen here; that of the system where none was. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(place);
  return themes.find((theme) => theme === stored) ?? "system";
}

/** Shows the page in a theme, and remembers it. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(place, theme);
  document.documentElement.dataset["theme"] = theme;
}

/** The other one of light and dark, whichever is shown now. */
export function otherTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  const isDark = theme === "system"
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : theme === "dark";
  return isDark ? "light" : "dark";
}
