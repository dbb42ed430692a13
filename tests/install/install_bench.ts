import { carryOutInstall, carryOutUninstall } from "../../lib/agents/install/carry_out.ts";
import { clientPlaces } from "../../lib/agents/install/client_places.ts";
import type { ClientPlaces, Level, Machine } from "../../lib/agents/install/client_places.ts";
import { InstallRecord } from "../../lib/agents/install/install_record.ts";
import { planInstall } from "../../lib/agents/install/plan_install.ts";
import { planUninstall } from "../../lib/agents/install/plan_uninstall.ts";
import type { PlannedFile } from "../../lib/agents/install/planned_file.ts";
import type { OwnCommand } from "../../lib/agents/install/server_entry.ts";
import { MemoryDisk } from "../support/memory_disk.ts";

export const recordPath = "/state/installed.json";
export const binary: OwnCommand = { command: "/opt/hustings", args: [] };

/** A Linux machine of somebody, with the variables that are given. */
export function machineWith(env: Record<string, string> = {}): Machine {
  return { os: "linux", env: (name) => env[name], home: "/home/me" };
}

/** A disk in memory, and what is installed and taken out there. */
export class InstallBench {
  readonly disk = new MemoryDisk();
  readonly machine: Machine;

  constructor(env: Record<string, string> = {}) {
    this.machine = machineWith({ HOME: "/home/me", ...env });
  }

  places(client: string): ClientPlaces {
    return clientPlaces(this.machine, "/shop").find((each) => each.client === client)!;
  }

  /** The paths of a client's files, each the one that is made where there is none. */
  paths(client: string, level: Level = "user"): string[] {
    return this.places(client)[level]!.map(({ paths }) => paths.at(-1)!);
  }

  record(): InstallRecord {
    return new InstallRecord(this.disk, recordPath);
  }

  plan(client: string, options: Partial<Parameters<typeof planInstall>[4]> = {}, own = binary) {
    const whole = { level: "user" as const, hooks: true, force: false, ...options };
    return planInstall(this.disk, this.machine, this.places(client), own, whole);
  }

  install(client: string, options: Partial<Parameters<typeof planInstall>[4]> = {}, own = binary) {
    const plan = this.plan(client, options, own);
    carryOutInstall(this.disk, this.record(), plan);
    return plan;
  }

  uninstall(client: string, levels: readonly Level[] = ["user"]): PlannedFile[] {
    const record = this.record();
    const plan = planUninstall(this.disk, record, this.places(client), levels);
    carryOutUninstall(this.disk, record, plan);
    return plan;
  }
}
