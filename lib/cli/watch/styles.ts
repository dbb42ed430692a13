/** Attributes of a place on the screen, as bits; the colour is in the lowest four. */
export const styles = {
  plain: 0,
  red: 1,
  green: 2,
  yellow: 3,
  blue: 4,
  magenta: 5,
  cyan: 6,
  bold: 16,
  dim: 32,
  underline: 64,
  inverse: 128,
} as const;

const colourBits = 15;
const attributes = [[styles.bold, 1], [styles.dim, 2], [styles.underline, 4], [styles.inverse, 7]];

/**
 * The sequence that makes a terminal write in this style, whatever it wrote in before. Only colours that the
 * terminal's own theme names, so that they can be read on dark and on light; without `hasColours` none.
 */
export function styleSequence(style: number, hasColours: boolean): string {
  const codes = [0, ...attributes.filter(([bit]) => style & bit!).map(([, code]) => code)];
  const colour = style & colourBits;
  if (hasColours && colour > 0) codes.push(30 + colour);
  return `\x1b[${codes.join(";")}m`;
}
