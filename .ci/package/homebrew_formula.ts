import { about, home, releaseUrl } from "./about.ts";
import { platforms } from "./platforms.ts";
import type { Platform } from "./platforms.ts";

/**
 * The text of the Homebrew formula, with the hashes of the binaries by their files' names. Throws where
 * one is missing that the formula needs.
 */
export function homebrewFormula(version: string, sums: ReadonlyMap<string, string>): string {
  const part = (platform: Platform) => {
    const sha256 = sums.get(platform.file);
    if (sha256 === undefined) throw new Error(`The formula needs the hash of ${platform.file}`);
    return `    on_${platform.arch === "x64" ? "intel" : "arm"} do
      url "${releaseUrl(version)}/${platform.file}"
      sha256 "${sha256}"
    end`;
  };
  const system = (os: Platform["os"]) => platforms.filter((each) => each.os === os).map(part);
  return `class Hustings < Formula
  desc "${about.description.replace(/\.$/, "")}"
  homepage "${home}"
  version "${version}"
  license "${about.license}"

  on_macos do
${system("macos").join("\n")}
  end

  on_linux do
${system("linux").join("\n")}
  end

  def install
    bin.install Dir["hustings-*"].first => "hustings"
  end

  def caveats
    "Next: hustings install"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/hustings --version")
  end
end
`;
}
