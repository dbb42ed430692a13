import type { NatsSetting } from "./nats_setting.ts";

/** The address of a bus on NATS as it may be shown: without password, token and files. */
export function serverUrl({ servers, tls, realm }: NatsSetting): string {
  return `${tls ? "tls" : "nats"}://${servers.join()}/${realm}`;
}
