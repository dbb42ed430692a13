/** One platform that a release is made for. */
export interface Platform {
  /** What `deno compile --target` calls it. */
  readonly target: string;
  readonly os: "linux" | "macos" | "windows";
  /** What Node, and with it every client that is written for it, calls the system. */
  readonly node: "linux" | "darwin" | "win32";
  readonly arch: "x64" | "arm64";
  /** The binary's name inside a package. */
  readonly program: "hustings" | "hustings.exe";
  /** The binary's name as a file of the release. */
  readonly file: string;
}

/** Every target of `deno compile`, in the order of the release's files. */
export const platforms: readonly Platform[] = [
  platform("x86_64-unknown-linux-gnu", "linux", "linux", "x64"),
  platform("aarch64-unknown-linux-gnu", "linux", "linux", "arm64"),
  platform("x86_64-apple-darwin", "macos", "darwin", "x64"),
  platform("aarch64-apple-darwin", "macos", "darwin", "arm64"),
  platform("x86_64-pc-windows-msvc", "windows", "win32", "x64"),
  platform("aarch64-pc-windows-msvc", "windows", "win32", "arm64"),
];

function platform(
  target: string,
  os: Platform["os"],
  node: Platform["node"],
  arch: Platform["arch"],
): Platform {
  const ending = os === "windows" ? ".exe" : "";
  return {
    ...{ target, os, node, arch },
    program: os === "windows" ? "hustings.exe" : "hustings",
    file: `hustings-${os}-${arch}${ending}`,
  };
}

/** The platform that `deno compile` calls `target`. Throws, with those that there are, on another. */
export function findPlatform(target: string): Platform {
  const found = platforms.find((each) => each.target === target);
  if (found !== undefined) return found;
  const known = platforms.map((each) => each.target).join(", ");
  throw new Error(`There is no target '${target}': use one of ${known}`);
}
