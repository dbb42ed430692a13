import { equal } from "node:assert/strict";
import { findRepository, readBranch } from "../lib/agents/find_repository.ts";
import { TemporaryDirectory } from "./support/temporary_directory.ts";

/** Runs the real git, without the configuration of this machine. */
function git(directory: string, ...args: string[]): void {
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
  const { code, stderr } = new Deno.Command("git", {
    args: [...identity, "-c", "protocol.file.allow=always", ...args],
    cwd: directory,
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  }).outputSync();
  equal(code, 0, new TextDecoder().decode(stderr));
}

/** A repository with one commit on `main`. */
function repository(place: TemporaryDirectory, name: string): string {
  const path = place.at(name);
  Deno.mkdirSync(path);
  git(path, "init", "--quiet", "--initial-branch=main");
  git(path, "commit", "--quiet", "--allow-empty", "--message=first");
  return path;
}

function branchAt(directory: string): string | undefined {
  return readBranch(findRepository(directory)!.head);
}

Deno.test("a repository is found from any directory in it, with its branch", () => {
  using place = new TemporaryDirectory();
  const shop = repository(place, "shop");
  Deno.mkdirSync(`${shop}/src/deep`, { recursive: true });
  equal(findRepository(`${shop}/src/deep`)?.directory, shop);
  git(shop, "switch", "--quiet", "--create", "feature/basket");
  equal(branchAt(`${shop}/src`), "feature/basket");
});

Deno.test("no repository is found where there is none, or the directory does not exist", () => {
  using place = new TemporaryDirectory();
  equal(findRepository(place.path), undefined);
  equal(findRepository(place.at("gone/deeper")), undefined);
});

Deno.test("an empty directory .git is no repository, the one around it is", () => {
  using place = new TemporaryDirectory();
  const shop = repository(place, "shop");
  Deno.mkdirSync(`${shop}/cache/.git`, { recursive: true });
  equal(findRepository(`${shop}/cache`)?.directory, shop);
});

Deno.test("a linked work tree is in the repository of the main one, on a branch of its own", () => {
  using place = new TemporaryDirectory();
  const shop = repository(place, "shop");
  git(shop, "worktree", "add", "--quiet", "-b", "hotfix", place.at("shop-hotfix"));
  equal(findRepository(place.at("shop-hotfix"))?.directory, shop);
  equal(branchAt(place.at("shop-hotfix")), "hotfix");
  equal(branchAt(shop), "main");
});

Deno.test("a linked work tree of a bare repository is in that", () => {
  using place = new TemporaryDirectory();
  git(place.path, "clone", "--quiet", "--bare", repository(place, "shop"), place.at("shop.git"));
  git(place.at("shop.git"), "worktree", "add", "--quiet", place.at("tree"), "main");
  equal(findRepository(place.at("tree"))?.directory, place.at("shop.git"));
  equal(branchAt(place.at("tree")), "main");
});

Deno.test("a submodule is a repository of its own, also from a linked work tree of it", () => {
  using place = new TemporaryDirectory();
  const [shop, paint] = [repository(place, "shop"), repository(place, "paint")];
  git(shop, "submodule", "--quiet", "add", paint, "libs/paint");
  equal(findRepository(`${shop}/libs/paint`)?.directory, `${shop}/libs/paint`);
  equal(branchAt(`${shop}/libs/paint`), "main");
  git(`${shop}/libs/paint`, "worktree", "add", "--quiet", "-b", "red", place.at("red"));
  equal(findRepository(place.at("red"))?.directory, `${shop}/libs/paint`);
});

Deno.test("a branch is called HEAD while a commit without one is checked out", () => {
  using place = new TemporaryDirectory();
  const shop = repository(place, "shop");
  git(shop, "switch", "--quiet", "--detach");
  equal(findRepository(shop)?.directory, shop);
  equal(branchAt(shop), "HEAD");
});

Deno.test("no branch is told where the file of it is gone, or says what only git understands", () => {
  using place = new TemporaryDirectory();
  equal(readBranch(place.at("HEAD")), undefined);
  Deno.writeTextFileSync(place.at("HEAD"), "ref: refs/heads/.invalid\n");
  equal(readBranch(place.at("HEAD")), undefined);
});
