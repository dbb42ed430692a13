import { TemporaryDirectory } from "./temporary_directory.ts";

/** Files of an authority of a test's own, and of what it has signed for 127.0.0.1. */
export interface TestCertificates extends Disposable {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Why no certificates can be made here; undefined where they can. */
export const opensslMissing: string | undefined = whyMissing();

function whyMissing(): string | undefined {
  try {
    new Deno.Command("openssl", { args: ["version"], stdout: "null" }).outputSync();
    return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "openssl is not installed";
  }
}

const names = "subjectAltName=IP:127.0.0.1,DNS:localhost";

/** Makes them with `openssl`, for a day. */
export async function testCertificates(): Promise<TestCertificates> {
  const directory = new TemporaryDirectory();
  const at = (name: string) => directory.at(name);
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    "req",
    "-x509",
    ...curve,
    "-days",
    "1",
    "-subj",
    "/CN=Authority of a test",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
  );
  await openssl(
    "req",
    ...curve,
    "-subj",
    "/CN=127.0.0.1",
    "-keyout",
    at("key.pem"),
    "-out",
    at("cert.csr"),
  );
  await Deno.writeTextFile(at("names"), names);
  await openssl(
    "x509",
    "-req",
    "-in",
    at("cert.csr"),
    "-days",
    "1",
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-extfile",
    at("names"),
    "-out",
    at("cert.pem"),
  );
  return {
    ca: at("ca.pem"),
    cert: at("cert.pem"),
    key: at("key.pem"),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

async function openssl(...args: string[]): Promise<void> {
  const streams = { stdout: "null", stderr: "piped" } as const;
  const { success, stderr } = await new Deno.Command("openssl", { args, ...streams }).output();
  if (!success) throw new Error(`openssl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
