/**
 * The plugins that are built in: small ones whole, of the others their declarations, with the code loaded when it is needed.
 *
 * @module
 */
import type { AnyPlugin } from "../core/contract/plugin.ts";
import type { Builtin } from "../core/registry/builtins.ts";
import { MB_ECN } from "./congestion/declaration.ts";
import { DHT } from "./directory/declaration.ts";
import { ETH_DIX, ETH_LLC } from "./eth/declarations.ts";
import { WS } from "./eth/ws/declaration.ts";
import { ALTERNATE, MULTIPATH, SIMPLE } from "./forwarding/declarations.ts";
import { MD5, SHA3_224, SHA3_256, SHA3_384, SHA3_512 } from "./hash/declarations.ts";
import { LOCAL } from "./local/declaration.ts";
import { BROADCAST } from "./broadcast/declaration.ts";
import { RAPTOR } from "./raptor/declaration.ts";
import { ECMP, LFA, LINK_STATE } from "./routing/declarations.ts";
import { UDP4, UDP6 } from "./udp/declarations.ts";
import { UNICAST } from "./unicast/declaration.ts";
import * as WHOLE from "./whole.ts";

/** `.ts` in a checkout, `.js` where the program was bundled. */
const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/**
 * Loads what a module exports under that name; the registry checks it. No literal of `import()`: the runtime would read every
 * plugin's code before an IPCP of any type starts.
 *
 * @param module path without the ending
 */
const code = (module: string, name: string) => async (): Promise<unknown> =>
  (await import(module + ending))[name];

const whole: readonly Builtin[] = Object.values(WHOLE).map((plugin: AnyPlugin) => ({
  declaration: plugin,
  load: () => Promise.resolve(plugin),
  formats: () => Promise.resolve(plugin.formats?.()),
}));

/** All built-in plugins. */
export const BUILTINS: readonly Builtin[] = [
  ...whole,
  { declaration: LOCAL, load: code("./local/local", "local") },
  {
    declaration: UNICAST,
    load: code("./unicast/unicast", "unicast"),
    formats: code("./unicast/wire/formats", "unicastFormats"),
  },
  { declaration: BROADCAST, load: code("./broadcast/broadcast", "broadcast") },
  { declaration: UDP4, load: code("./udp/udp", "udp4"), formats: code("./udp/formats", "udpFormats") },
  { declaration: UDP6, load: code("./udp/udp", "udp6"), formats: code("./udp/formats", "udpFormats") },
  {
    declaration: ETH_DIX,
    load: code("./eth/eth", "ethDix"),
    formats: code("./eth/formats", "ethDixFormats"),
  },
  {
    declaration: ETH_LLC,
    load: code("./eth/eth", "ethLlc"),
    formats: code("./eth/formats", "ethLlcFormats"),
  },
  { declaration: WS, load: code("./eth/ws/ws", "ws") },
  { declaration: RAPTOR, load: code("./raptor/raptor", "raptor") },
  {
    declaration: LINK_STATE,
    load: code("./routing/policies", "linkState"),
    formats: code("./routing/formats", "linkStateFormats"),
  },
  { declaration: LFA, load: code("./routing/policies", "lfa") },
  { declaration: ECMP, load: code("./routing/policies", "ecmp") },
  { declaration: MB_ECN, load: code("./congestion/mb_ecn", "mbEcn") },
  { declaration: SIMPLE, load: code("./forwarding/simple", "simple") },
  { declaration: ALTERNATE, load: code("./forwarding/alternate", "alternate") },
  { declaration: MULTIPATH, load: code("./forwarding/multipath", "multipath") },
  {
    declaration: DHT,
    load: code("./directory/dht/dht", "dht"),
    formats: code("./directory/dht/formats", "dhtFormats"),
  },
  { declaration: SHA3_224, load: code("./hash/runtime_hash", "sha3With224") },
  { declaration: SHA3_256, load: code("./hash/runtime_hash", "sha3With256") },
  { declaration: SHA3_384, load: code("./hash/runtime_hash", "sha3With384") },
  { declaration: SHA3_512, load: code("./hash/runtime_hash", "sha3With512") },
  { declaration: MD5, load: code("./hash/runtime_hash", "md5") },
];
