import { conformance } from "./conformance.ts";
import { natsKind } from "./nats_kind.ts";

conformance(natsKind);
