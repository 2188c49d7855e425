/**
 * From ovpn's options to checked settings.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { parseIpOf } from "../../wire/ip_address.ts";
import type { ParsedOptions } from "../command_line.ts";
import type { TOOL } from "./tool.ts";

/** What ovpn does. */
export interface VpnSettings {
  /** The server's name; undefined: be the server. */
  readonly name: string | undefined;
  readonly address: string;
  readonly mask: string;
  readonly device: string | undefined;
  readonly encrypt: boolean;
}

/** Checks the options. @throws InvalidError in the words of the reference */
export function vpnSettings(
  options: ParsedOptions<typeof TOOL.options>,
  operands: readonly string[],
): VpnSettings {
  const { name, ip, mask, device, encrypt } = options;
  if (operands.length > 0) throw new InvalidError(`Unknown arguments specified: ${operands.join(" ")} `);
  if (ip === undefined) throw new InvalidError("Please specify an IP address.");
  if (mask === undefined) throw new InvalidError("Please specify a subnetmask.");
  if (bitsOf(ip) === undefined) throw new InvalidError(`Invalid IP address: ${ip}.`);
  const bits = bitsOf(mask);
  // A mask is ones, then zeros: its complement and one more is a power of two.
  if (bits === undefined || ((~bits + 1) & ~bits) !== 0) {
    throw new InvalidError(`Invalid subnet mask: ${mask}.`);
  }
  return { name, address: ip, mask, device, encrypt };
}

/** Returns the 32 bits of an IPv4 address; undefined when it is none. */
function bitsOf(text: string): number | undefined {
  try {
    return parseIpOf(4, text).reduce((bits, byte) => bits << 8 | byte, 0);
  } catch (thrown) {
    if (thrown instanceof InvalidError) return undefined;
    throw thrown;
  }
}
