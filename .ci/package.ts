// Makes the packages: `deno task package` writes those that the repository holds, which run the program
// from the PATH. `deno task package --binary FILE --target TARGET [--out DIR]` makes those of one
// platform, with the binary inside, as a release has them; `--links` prints the links of the README.
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { committedFiles } from "./package/committed_files.ts";
import { writeFiles } from "./package/files.ts";
import * as links from "./package/install_links.ts";
import { packAll } from "./package/pack.ts";
import { findPlatform } from "./package/platforms.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      binary: { type: "string" },
      target: { type: "string" },
      out: { type: "string" },
      links: { type: "boolean", default: false },
    },
  });
  const license = await Deno.readTextFile(`${root}LICENSE`);
  if (values.links) say(...Object.values(links));
  else if (values.binary === undefined && values.target === undefined) {
    const files = committedFiles(license);
    await writeFiles(values.out ?? root, files);
    say(...Object.keys(files));
  } else {
    const { binary, target, out = `${root}build/packages` } = values;
    if (binary === undefined || target === undefined) {
      say(
        "--binary and --target belong together: the file, and what `deno compile` calls its platform",
      );
      Deno.exit(2);
    }
    await Deno.mkdir(out, { recursive: true });
    say(
      ...(await packAll(findPlatform(target), binary, license, out)).map((name) =>
        `${out}/${name}`
      ),
    );
  }
}

function say(...lines: string[]): void {
  Deno.stdout.writeSync(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
}
