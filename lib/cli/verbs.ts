import { ask } from "./ask.ts";
import { broadcast } from "./broadcast.ts";
import { check } from "./check.ts";
import { completions } from "./completions.ts";
import { dashboard } from "./dashboard.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { history } from "./history.ts";
import { hook } from "./hook.ts";
import { importVerb } from "./import_verb.ts";
import { install } from "./install.ts";
import { join } from "./join.ts";
import { legacy } from "./legacy.ts";
import { list } from "./list.ts";
import { pause } from "./pause.ts";
import { rename } from "./rename.ts";
import { reply } from "./reply.ts";
import { resume } from "./resume.ts";
import { room } from "./room.ts";
import { send } from "./send.ts";
import { serve } from "./serve.ts";
import { share } from "./share.ts";
import { status } from "./status.ts";
import { uninstall } from "./uninstall.ts";
import type { Verb } from "./verb.ts";
import { watch } from "./watch.ts";

/** Every word that can follow `hustings`, in the order of the help. `help` itself is not one of them. */
export const verbs: readonly Verb[] = [
  send,
  ask,
  check,
  reply,
  broadcast,
  share,
  list,
  history,
  watch,
  rename,
  room,
  pause,
  resume,
  status,
  dashboard,
  join,
  serve,
  install,
  uninstall,
  importVerb,
  legacy,
  doctor,
  demo,
  hook,
  completions(() => verbs),
];
