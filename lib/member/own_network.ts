/** A network namespace is one of a kernel that runs: two virtual machines may number theirs alike. */
const asked = "cat /proc/sys/kernel/random/boot_id && readlink /proc/self/ns/net";

let found: { readonly network: string | undefined } | undefined;

/**
 * Names the network whose 127.0.0.1 this process sees: two processes with the same name see each
 * other's ports. Undefined where the system does not tell. Asks a command of the system, once, which
 * takes some milliseconds: only Linux has more than one such network on a machine.
 */
export function ownNetwork(): string | undefined {
  found ??= { network: Deno.build.os === "linux" ? askLinux() : Deno.build.os };
  return found.network;
}

function askLinux(): string | undefined {
  try {
    const command = new Deno.Command("/bin/sh", { args: ["-c", asked], stderr: "null" });
    const { success, stdout } = command.outputSync();
    return success ? new TextDecoder().decode(stdout).trim().replaceAll("\n", " ") : undefined;
  } catch {
    return undefined;
  }
}
