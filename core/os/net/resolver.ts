/**
 * Finds addresses: by the system's own means, and by questions to a DNS server (RFC 1035).
 *
 * @module
 */
import { NotFoundError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Resolver, UdpPort } from "../../contract/network.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import { systemTimers } from "../clock.ts";
import { DnsQuestion } from "./dns_question.ts";
import { runtimeError } from "../c/errno.ts";
import { readText } from "../files.ts";
import { parseHostPort, udpEndpoint } from "../../wire/ip_address.ts";
import { ipAddress } from "./socket_address.ts";

/** Port of DNS. */
const DNS_PORT = 53;
const HOSTS_FILE = "/etc/hosts";

/** The resolver of this machine. */
export class SystemResolver implements Resolver {
  /** @param open opens a UDP socket on an own address, with a port of the system's choice */
  constructor(private readonly open: (address: string) => UdpPort) {}

  lookup(host: string, family: 4 | 6, done: Done<readonly string[]>): void {
    if (!host.endsWith(".")) return this.#lookup(host, family, done);
    const name = host.slice(0, -1);
    // The system would not find it there with the dot. A machine may have no such file.
    readText(HOSTS_FILE).catch(() => "").then((text) => addressesIn(text, name, family)).then((found) => {
      if (found.length > 0) done(success(found));
      else this.#lookup(host, family, done);
    });
  }

  #lookup(host: string, family: 4 | 6, done: Done<readonly string[]>): void {
    // deno-lint-ignore no-process-global -- importing node:process costs every IPCP memory
    const { lookup } = process.getBuiltinModule("node:dns");
    lookup(host, { all: true, family }, (error, addresses) => {
      if (!error) done(success(addresses.map(({ address }) => address)));
      else if (error.code === "ENOTFOUND" || error.code === "ENODATA") done(success([]));
      else done(failure(lookupError(host, error)));
    });
  }

  exchange(server: string, message: Uint8Array, done: Done<Uint8Array>): void {
    try {
      const { host, port } = parseHostPort(server, DNS_PORT);
      const ip = ipAddress(host);
      const socket = this.open(ip.family.addressBytes === 4 ? "0.0.0.0" : "::");
      const connect = () => Deno.connect({ hostname: host, port });
      const target = { name: server, endpoint: udpEndpoint(ip.bytes, port), connect };
      new DnsQuestion(target, socket, systemTimers, message, done).ask();
    } catch (thrown) {
      done(failure(runtimeError(thrown, `cannot ask the DNS server ${server}`)));
    }
  }
}

/** Returns the addresses that a hosts file has for a name. */
function addressesIn(text: string, name: string, family: 4 | 6): string[] {
  if (!text.includes(name)) return [];
  return text.split("\n").flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    return names.includes(name) && address.includes(":") === (family === 6) ? [address] : [];
  });
}

function lookupError(host: string, error: Error & { readonly code?: string }): OuroError {
  if (error.code === "EAI_AGAIN") {
    return new TimedOutError(`no DNS server could tell the address of ${host}: try again`, { cause: error });
  }
  return new NotFoundError(`cannot find the address of ${host}: ${error.message}`, { cause: error });
}
