/**
 * From forward's words to what it does.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { isReliable, QOS, type QosName } from "../../contract/qos.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import { wholeNumber } from "../numbers.ts";
import { type Endpoint, parseEndpoint, type StreamEndpoint } from "./endpoint.ts";
import type { Options } from "./tool.ts";
import { qualityNamed } from "../quality.ts";

/** What all ways of forwarding need. */
export interface ForwardSettings {
  /** Quality of flows. */
  readonly qos: QosName;
  /** What their encryption must be; undefined: as the files of the name say. */
  readonly security: SecurityOptions | undefined;
  /** Connections at a time. */
  readonly most: number;
  readonly quiet: boolean;
}

/** What forward does. */
export type Task =
  | {
    readonly kind: "offer";
    readonly name: string;
    readonly to: Endpoint;
    readonly layers: readonly string[];
  }
  | { readonly kind: "reach"; readonly name: string; readonly listen: Endpoint }
  | { readonly kind: "proxy"; readonly listen: StreamEndpoint };

/** Largest number of connections: each has two descriptors and a flow. */
const MOST = 10_000;
const WAYS = "say --to ENDPOINT --as NAME, or NAME --listen ENDPOINT, or --proxy ENDPOINT";

/** Reads the words. @throws InvalidError for what does not go together */
export function taskOf(options: Options, [name]: readonly string[]): Task {
  const { to, as, listen, proxy, layer } = options;
  const given = [to ?? as, listen ?? name, proxy].filter((word) => word !== undefined);
  if (given.length !== 1) {
    throw new InvalidError(given.length === 0 ? `there is nothing to forward: ${WAYS}` : WAYS);
  }
  if (proxy !== undefined) {
    const at = parseEndpoint(proxy);
    if (at.kind === "udp" || at.kind === "stdio") throw new InvalidError("a proxy listens at tcp: or unix:");
    return { kind: "proxy", listen: at };
  }
  if (to !== undefined || as !== undefined) {
    if (to === undefined || as === undefined) throw new InvalidError(`--to and --as go together: ${WAYS}`);
    const target = parseEndpoint(to);
    if ("port" in target && target.port === 0) {
      throw new InvalidError(`nobody can be reached at port 0: ${to}`);
    }
    return { kind: "offer", name: as, to: target, layers: layer };
  }
  if (listen === undefined || name === undefined) {
    throw new InvalidError(`a NAME and --listen go together: ${WAYS}`);
  }
  return { kind: "reach", name, listen: parseEndpoint(listen) };
}

/** Checks the rest. @param datagrams what is forwarded are datagrams, not streams */
export function settingsOf({ qos, encrypt, most, quiet }: Options, datagrams: boolean): ForwardSettings {
  const found = qualityNamed(qos ?? (datagrams ? "raw" : "data"));
  if (!datagrams && !isReliable(QOS[found])) {
    throw new InvalidError(
      `a stream needs a flow that loses nothing; "${found}" does not give one: leave --qos out`,
    );
  }
  return {
    qos: found,
    security: encrypt ? { require: ["encryption"] } : undefined,
    most: wholeNumber("number of connections", most, 1, MOST),
    quiet,
  };
}
