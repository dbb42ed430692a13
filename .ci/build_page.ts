// Builds the dashboard's page: `deno task web:build`. Its scripts become one, its styles another, and
// both a file of the program, so that nothing lies beside the binary, and a checkout runs without a step
// before. A test builds it again and compares.
import { fileURLToPath } from "node:url";

const page = new URL("../lib/web/page/", import.meta.url);
const config = fileURLToPath(new URL("../deno.json", import.meta.url));
const target = new URL("../lib/web/built_page.ts", import.meta.url);

/** In the order in which they apply. */
const styles = ["tokens.css", "base.css", "frame.css", "panes.css"];

if (import.meta.main) await Deno.writeTextFile(target, await buildPage());

/** The text of `lib/web/built_page.ts` as the sources give it; rejects when the sources do not build. */
export async function buildPage(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "hustings-" });
  try {
    const script = await bundled(`${directory}/page.js`);
    const sheets = styles.map((name) => Deno.readTextFile(new URL(name, page)));
    const style = (await Promise.all(sheets)).map(smaller).join("");
    const file = `${directory}/built_page.ts`;
    await Deno.writeTextFile(file, program(script, style));
    await deno("fmt", "--quiet", `--config=${config}`, file);
    return await Deno.readTextFile(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function program(script: string, style: string): string {
  return `// Built from lib/web/page by 'deno task web:build'; not written by hand.

/** The script and the style of the dashboard's page. */
export const builtPage = {
  script: ${JSON.stringify(script)},
  style: ${JSON.stringify(style)},
};
`;
}

async function bundled(output: string): Promise<string> {
  const main = new URL("page.tsx", page).href;
  await deno("bundle", "--quiet", "--minify", "--platform=browser", `--output=${output}`, main);
  return await Deno.readTextFile(output);
}

async function deno(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "null",
  }).output();
  if (code === 0) return;
  throw new Error(`deno ${args[0]} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
}

/** A style without what only its readers need. */
function smaller(css: string): string {
  return css.replace(/\/\*.*?\*\//gs, "").replace(/\s+/g, " ").replace(/ ?([{};,]) ?/g, "$1")
    .trim();
}
