import { dirname, isAbsolute, join, resolve } from "node:path";

/** A git repository around a directory. */
export interface Repository {
  /**
   * The directory of its main work tree: the same for all linked work trees, so that those who work
   * in them meet. A submodule is a repository of its own.
   */
  readonly directory: string;
  /** The file that names the branch of this work tree. */
  readonly head: string;
}

/**
 * The repository that `directory` lies in, read from git's own files: a process of git would cost more
 * than all else at the start. Undefined where there is none or its files cannot be read; never throws.
 */
export function findRepository(directory: string): Repository | undefined {
  for (let at = resolve(directory);; at = dirname(at)) {
    const found = repositoryAt(at);
    if (found !== undefined) return found;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * The directory that git's files of `directory` lie in: a linked work tree has its own. `directory` itself
 * where there is no repository around it; never throws.
 */
export function workTreeOf(directory: string): string {
  for (let at = resolve(directory);; at = dirname(at)) {
    const git = join(at, ".git");
    if (firstLine(git) !== undefined || firstLine(join(git, "HEAD")) !== undefined) return at;
    if (dirname(at) === at) return resolve(directory);
  }
}

/**
 * The branch that the file `head` names, or `HEAD`, as git says, while none is checked out. Undefined
 * where the file does not tell.
 */
export function readBranch(head: string): string | undefined {
  const line = firstLine(head) ?? "";
  if (/^[0-9a-f]{40,64}$/.test(line)) return "HEAD";
  // With reftables the file names a branch that cannot be.
  const [, branch] = line.match(/^ref: refs\/heads\/(?!\.invalid$)(.{1,256})$/) ?? [];
  return branch;
}

function repositoryAt(directory: string): Repository | undefined {
  const git = join(directory, ".git");
  const head = join(git, "HEAD");
  if (firstLine(head) !== undefined) return { directory, head };
  // A linked work tree or a submodule has a file there, which leads to git's own directory.
  const [, link] = firstLine(git)?.match(/^gitdir: (.+)$/) ?? [];
  if (link === undefined) return undefined;
  const own = resolve(directory, link);
  const common = firstLine(join(own, "commondir"));
  return {
    directory: common === undefined ? directory : mainWorkTree(resolve(own, common)),
    head: join(own, "HEAD"),
  };
}

/**
 * The work tree that the git directory `common` belongs to. A submodule's lies elsewhere and is named
 * in its configuration; a bare repository has none and stands for itself.
 */
function mainWorkTree(common: string): string {
  if (/[\\/]\.git$/.test(common)) return dirname(common);
  const [, named] = textOf(join(common, "config"))?.match(/^\s*worktree\s*=\s*(.+?)\s*$/m) ?? [];
  if (named === undefined) return common;
  return isAbsolute(named) ? named : resolve(common, named);
}

function firstLine(path: string): string | undefined {
  return textOf(path)?.split("\n", 1)[0]?.trimEnd();
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
