import * as z from "zod";

/** What the user lets agents run and share, and what is wrong with the file that says so. */
export interface AllowedCommands {
  /** Program and arguments, by name. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
  /** For the user: where the fault is and how to mend it. */
  readonly fault?: string;
}

const Settings = z.strictObject({
  commands: z.record(
    z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, "names are 1 to 32 letters, digits, _ or -"),
    z.array(z.string()).min(1, "a command is a list: the program, then its arguments"),
  ).optional(),
});

/**
 * The commands that the settings file at `path` names, as in
 * `{"commands": {"tests": ["npm", "test"]}}`; none without a file. One that is wrong allows nothing and
 * says why.
 */
export function allowedCommands(path: string): AllowedCommands {
  const none = new Map<string, readonly string[]>();
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { commands: none };
    return { commands: none, fault: `${path} cannot be read: ${error}` };
  }
  try {
    const { commands = {} } = Settings.parse(JSON.parse(text));
    return { commands: new Map(Object.entries(commands)) };
  } catch (error) {
    const why = error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
      : error instanceof Error
      ? error.message
      : String(error);
    const fault = `${path} allows no command as it is (${why}): write ` +
      '{"commands": {"tests": ["npm", "test"]}}, or remove it';
    return { commands: none, fault };
  }
}
