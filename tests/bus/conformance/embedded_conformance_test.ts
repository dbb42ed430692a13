import { conformance } from "./conformance.ts";
import { embeddedKind } from "./embedded_kind.ts";

conformance(embeddedKind);
