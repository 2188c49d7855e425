/**
 * Endpoints of other networks, as users write them: `tcp:HOST:PORT`, `udp:HOST:PORT`, `unix:PATH`, `stdio`.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";

/** An endpoint that carries a stream of bytes. */
export type StreamEndpoint =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "stdio" };

/** An endpoint that carries datagrams. */
export interface DatagramEndpoint {
  readonly kind: "udp";
  readonly host: string;
  readonly port: number;
}

/** Any of them. */
export type Endpoint = StreamEndpoint | DatagramEndpoint;

const LOOPBACK = "127.0.0.1";
const FORMS = "write tcp:HOST:PORT, udp:HOST:PORT, unix:PATH or stdio; without a word in front it is tcp";

/**
 * Reads an endpoint. A port alone is one of this host's loopback.
 *
 * @throws InvalidError with the forms that there are
 *
 * @example
 * ```ts
 * import { parseEndpoint } from "./endpoint.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseEndpoint("tcp:[::1]:80"), { kind: "tcp", host: "::1", port: 80 });
 * assert.deepEqual(parseEndpoint("8080"), { kind: "tcp", host: "127.0.0.1", port: 8080 });
 * assert.deepEqual(parseEndpoint("unix:/run/x"), { kind: "unix", path: "/run/x" });
 * ```
 */
export function parseEndpoint(text: string): Endpoint {
  if (text === "stdio" || text === "-") return { kind: "stdio" };
  const [, word, rest] = /^(?:(tcp|udp|unix):)?(.*)$/s.exec(text) ?? [];
  if (word === "unix") {
    if (rest === "") throw new InvalidError(`'${text}' names no path: ${FORMS}`);
    return { kind: "unix", path: rest };
  }
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(rest) ?? [];
  const port = Number(digits);
  if (!(port <= 65_535)) throw new InvalidError(`'${text}' is no endpoint: ${FORMS}`);
  return { kind: word === "udp" ? "udp" : "tcp", host: bracketed ?? plain ?? LOOPBACK, port };
}

/** Writes an endpoint, as {@link parseEndpoint} reads it. */
export function endpointText(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "stdio":
      return "stdio";
    case "unix":
      return `unix:${endpoint.path}`;
    default: {
      const { kind, host, port } = endpoint;
      return `${kind}:${host.includes(":") ? `[${host}]` : host}:${port}`;
    }
  }
}
