import { about, home, releaseUrl } from "./about.ts";
import { json } from "./files.ts";

/** A bundle of the release: its file's name and the SHA-256 of its bytes, in hexadecimal. */
export interface BundleSum {
  readonly file: string;
  readonly sha256: string;
}

/** The text of `server.json`, with which a release is entered in the MCP registry. */
export function serverJson(version: string, bundles: readonly BundleSum[]): string {
  return json({
    $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    // GitHub's login proves who may use the first part.
    name: `io.github.${about.repository}`,
    ...{ title: about.title, description: about.description, version },
    repository: { url: home, source: "github" },
    packages: bundles.map(({ file, sha256 }) => ({
      registryType: "mcpb",
      identifier: `${releaseUrl(version)}/${file}`,
      version,
      fileSha256: sha256,
      transport: { type: "stdio" },
    })),
  });
}
