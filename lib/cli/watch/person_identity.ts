import { agentDirectory } from "../../agents/agent_directory.ts";
import type { Identity } from "../../bus/bus.ts";

/** A person who looks on and writes: under `name`, or under one made from the directory. */
export function personIdentity(name: string | undefined): Identity {
  const person = {
    client: "person",
    directory: agentDirectory("person"),
    shared: true,
    human: true,
  };
  return name === undefined ? person : { ...person, name, must: true };
}
