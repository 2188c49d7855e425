/**
 * The plugins that are built in: their declarations, with the code loaded when it is needed.
 *
 * @module
 */
import { NotSupportedError } from "../core/contract/errors.ts";
import type { Builtin } from "../core/registry/builtins.ts";
import { FLAT } from "./address/declarations.ts";
import { ROUND_ROBIN, SPILLOVER } from "./balancing/declarations.ts";
import { MB_ECN, NONE } from "./congestion/declarations.ts";
import { DHT } from "./directory/declaration.ts";
import { ALTERNATE, MULTIPATH, SIMPLE } from "./forwarding/declarations.ts";
import { SHA3_224, SHA3_256, SHA3_384, SHA3_512 } from "./hash/declarations.ts";
import { LOCAL } from "./local/declaration.ts";
import { PLANNED } from "./planned.ts";
import { ECMP, LFA, LINK_STATE } from "./routing/declarations.ts";
import { FIFO, PRIORITY } from "./scheduling/declarations.ts";
import { UNICAST } from "./unicast/declaration.ts";

const linkState = () => import("./routing/policies.ts");
const sha3 = () => import("./hash/sha3.ts");

const planned: readonly Builtin[] = PLANNED.map((declaration) => ({
  declaration,
  load: () => Promise.reject(new NotSupportedError(`${declaration.name} ${declaration.planned}`)),
}));

/** All built-in plugins. */
export const BUILTINS: readonly Builtin[] = [
  { declaration: LOCAL, load: async () => (await import("./local/local.ts")).local },
  { declaration: UNICAST, load: async () => (await import("./unicast/unicast.ts")).unicast },
  ...planned,
  { declaration: LINK_STATE, load: async () => (await linkState()).linkState },
  { declaration: LFA, load: async () => (await linkState()).lfa },
  { declaration: ECMP, load: async () => (await linkState()).ecmp },
  { declaration: NONE, load: async () => (await import("./congestion/none.ts")).none },
  { declaration: MB_ECN, load: async () => (await import("./congestion/mb_ecn.ts")).mbEcn },
  { declaration: SIMPLE, load: async () => (await import("./forwarding/simple.ts")).simple },
  { declaration: ALTERNATE, load: async () => (await import("./forwarding/alternate.ts")).alternate },
  { declaration: MULTIPATH, load: async () => (await import("./forwarding/multipath.ts")).multipath },
  { declaration: DHT, load: async () => (await import("./directory/dht.ts")).dht },
  { declaration: FLAT, load: async () => (await import("./address/flat.ts")).flat },
  { declaration: FIFO, load: async () => (await import("./scheduling/fifo.ts")).fifo },
  { declaration: PRIORITY, load: async () => (await import("./scheduling/priority.ts")).priority },
  { declaration: ROUND_ROBIN, load: async () => (await import("./balancing/round_robin.ts")).roundRobin },
  { declaration: SPILLOVER, load: async () => (await import("./balancing/spillover.ts")).spillover },
  { declaration: SHA3_224, load: async () => (await sha3()).sha3With224 },
  { declaration: SHA3_256, load: async () => (await sha3()).sha3With256 },
  { declaration: SHA3_384, load: async () => (await sha3()).sha3With384 },
  { declaration: SHA3_512, load: async () => (await sha3()).sha3With512 },
];
