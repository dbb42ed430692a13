/** The version of this program, as `--version`, MCP and the wire tell it. */
export const version = "0.1.0";
