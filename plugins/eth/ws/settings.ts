/**
 * What a layer over WebSockets is bootstrapped with.
 *
 * @module
 */
import { InvalidError } from "../../../core/contract/errors.ts";
import type { DialSettings, DoorSettings } from "../../../core/contract/network.ts";
import { formatIp, parseHostPort, parseIp } from "../../../core/wire/ip_address.ts";
import type { WsOptions } from "./declaration.ts";

/** The longest message: a frame with a payload that is common for large ones on Ethernet. */
export const MTU = 9000, LARGEST = MTU + 14;

/** Where the IPCP is in the layer: at its hub, or in it. */
export type WsSettings =
  | { readonly role: "member"; readonly dial: DialSettings }
  | { readonly role: "hub"; readonly door: DoorSettings };

/** Options of one role only. */
const OF_HUB = ["path", "cert", "key"], OF_MEMBER = ["proxy", "ca"];
const FILES = ["cert", "key", "ca", "token"];

/**
 * Reads the options.
 *
 * @throws InvalidError when they do not fit together, or one is not what it has to be
 */
export function settingsOf(options: WsOptions): WsSettings {
  const { url, listen } = options;
  if ((url === undefined) === (listen === undefined)) {
    throw new InvalidError(
      "a member of a layer over WebSockets either dials (url ws://HOST:PORT) or listens (listen ADDRESS:PORT)",
    );
  }
  for (const name of listen === undefined ? OF_HUB : OF_MEMBER) {
    if (options[name] === undefined) continue;
    const [has, hasNot] = listen === undefined ? ["listen", "url"] : ["url", "listen"];
    throw new InvalidError(`${name} goes with ${has}, not with ${hasNot}`);
  }
  for (const name of FILES) {
    const path = options[name];
    // The IPCP runs in another folder than the command that asks for it.
    if (typeof path === "string" && !path.startsWith("/")) {
      throw new InvalidError(`${name} ${path}: write the whole path of the file, from / on`);
    }
  }
  return listen === undefined
    ? { role: "member", dial: dialOf(options, url ?? "") }
    : { role: "hub", door: doorOf(options, listen) };
}

function dialOf({ proxy, ca, token }: WsOptions, text: string): DialSettings {
  const url = urlOf("url", text, ["ws:", "wss:"]);
  if (url.username !== "" || url.password !== "") {
    throw new InvalidError("url: a hub knows its members by their token, not by USER:PASSWORD@");
  }
  if (ca !== undefined && url.protocol === "ws:") {
    throw new InvalidError("ca is for hubs with TLS: url wss://…");
  }
  const via = proxy === undefined ? undefined : urlOf("proxy", proxy, ["http:"]);
  return { url, proxy: via, ca, token, largest: LARGEST };
}

function doorOf({ path = "/", cert, key, token }: WsOptions, listen: string): DoorSettings {
  const { host, port } = parseHostPort(listen, 0);
  if (port === 0) throw new InvalidError(`listen ${listen} has no port; write ADDRESS:PORT`);
  if (!/^\/[^\s?#]*$/.test(path)) {
    throw new InvalidError(`path ${path} is no path of a URL: it begins with / and has no ?, # or blanks`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new InvalidError("cert and key belong together: give both, or none of them");
  }
  const tls = cert === undefined || key === undefined ? undefined : { cert, key };
  return { address: formatIp(parseIp(host)), port, path, tls, token, largest: LARGEST };
}

function urlOf(name: string, text: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && protocols.includes(url.protocol) && url.hostname !== "") return url;
  const valid = protocols.map((protocol) => `${protocol}//HOST:PORT`).join(" or ");
  throw new InvalidError(`${name} ${text} is no URL of this kind; write ${valid}`);
}
