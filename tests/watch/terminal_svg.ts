import stringWidth from "string-width";

/** How a part of the picture looks. */
interface Look {
  readonly colour: string;
  readonly background: string | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** The terminal's own colours, as a dark theme has them. */
function colourOf(code: number): string | undefined {
  return [
    "#3b4252",
    "#e06c75",
    "#98c379",
    "#e5c07b",
    "#61afef",
    "#c678dd",
    "#56b6c2",
    "#dcdfe4",
  ][code - 30];
}

const [paper, ink] = ["#1e222a", "#d7dae0"];
const [cellWidth, cellHeight, margin] = [8.4, 18, 12];

/** What a terminal of so many columns and rows shows, with its styles as sequences, as a picture of text. */
export function terminalSvg(
  shown: string,
  { width, height, title }: {
    readonly width: number;
    readonly height: number;
    readonly title: string;
  },
): string {
  const rows = shown.replace(/\n$/, "").split("\n").map((line, row) => rowOf(line, row)).join("\n");
  const size = [width * cellWidth + 2 * margin, height * cellHeight + 2 * margin].map(round);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" \
viewBox="0 0 ${size[0]} ${size[1]}" role="img">
<title>${title}</title>
<rect width="100%" height="100%" rx="8" fill="${paper}"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" style="white-space:pre">
${rows}
</g>
</svg>
`;
}

function rowOf(line: string, row: number): string {
  let codes: number[] = [];
  let column = 0;
  const parts: string[] = [];
  // deno-lint-ignore no-control-regex
  for (const piece of line.split(/(\x1b\[[\d;]*m)/)) {
    // deno-lint-ignore no-control-regex
    const style = /^\x1b\[([\d;]*)m$/.exec(piece)?.[1];
    if (style !== undefined) codes = styled(codes, style.split(";").map(Number));
    else if (piece !== "") {
      const columns = stringWidth(piece);
      parts.push(partOf(piece, { row, column, columns }, lookOf(codes)));
      column += columns;
    }
  }
  return parts.join("");
}

/** The codes that hold after these; each attribute is switched off by one of its own. */
function styled(before: readonly number[], codes: readonly number[]): number[] {
  const off: Record<number, (code: number) => boolean> = {
    0: () => true,
    22: (code) => code === 1 || code === 2,
    24: (code) => code === 4,
    27: (code) => code === 7,
    39: (code) => code >= 30 && code <= 37,
  };
  return codes.reduce((held, code) => {
    const ends = off[code];
    return ends === undefined ? [...held, code] : held.filter((each) => !ends(each));
  }, [...before]);
}

function lookOf(codes: readonly number[]): Look {
  const colour = codes.map(colourOf).findLast((each) => each !== undefined) ?? ink;
  const isInverse = codes.includes(7);
  return {
    colour: isInverse ? paper : colour,
    background: isInverse ? colour : undefined,
    isBold: codes.includes(1),
    isDim: codes.includes(2),
  };
}

interface Place {
  readonly row: number;
  readonly column: number;
  readonly columns: number;
}

function partOf(text: string, { row, column, columns }: Place, look: Look): string {
  const [x, y] = [margin + column * cellWidth, margin + row * cellHeight];
  const length = columns * cellWidth;
  const back = look.background === undefined
    ? ""
    : `<rect x="${round(x)}" y="${y}" width="${
      round(length)
    }" height="${cellHeight}" fill="${look.background}"/>`;
  // Renderers differ in what they do with blanks: each word group has its place.
  const groups = [...text.matchAll(/\S+(?: \S+)*/g)].map((group) => {
    const from = x + stringWidth(text.slice(0, group.index)) * cellWidth;
    return textAt(group[0], from, y + 13, look);
  });
  return back + groups.join("");
}

function textAt(text: string, x: number, y: number, look: Look): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const weight = look.isBold ? ' font-weight="bold"' : "";
  const dim = look.isDim ? ' opacity="0.6"' : "";
  const length = round(stringWidth(text) * cellWidth);
  return `<text x="${round(x)}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" \
fill="${look.colour}"${weight}${dim}>${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
