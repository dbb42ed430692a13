import type { ClientFile } from "./client_places.ts";
import { jsonEditor } from "./json_editor.ts";
import type { TextEditor } from "./text_editor.ts";
import { tomlEditor } from "./toml_editor.ts";
import { yamlEditor } from "./yaml_editor.ts";

/** Who changes the files of each format. */
export const editors: Readonly<Record<ClientFile["format"], TextEditor>> = {
  json: jsonEditor,
  toml: tomlEditor,
  yaml: yamlEditor,
};
