/**
 * Puts in front of a data connection what a flow's quality asks for.
 *
 * @module
 */
import type { PacketCipher } from "../../contract/cipher.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { FlowChannel, Transport } from "./flow_channel.ts";
import { type ChannelPorts, ProtocolChannel } from "./protocol_channel.ts";
import { PlainChannel } from "./plain_channel.ts";

/** The ends of the flow add nothing to packets: neither order nor a checksum. */
const isRaw = (qos: QosSpec): boolean => qos.inOrder === 0 && qos.ber !== 0;

/**
 * Makes the channel of one end.
 *
 * @param mpl longest life of a packet in the layer, in milliseconds
 * @param cipher encrypts the flow; undefined: it is in the clear
 */
export function makeChannel(
  below: Transport,
  { qos, mpl }: { readonly qos: QosSpec; readonly mpl: number },
  cipher: PacketCipher | undefined,
  ports: ChannelPorts,
): FlowChannel {
  if (!isRaw(qos) || cipher !== undefined) return new ProtocolChannel(below, { qos, mpl, cipher }, ports);
  if (qos.timeout > 0) return new PlainChannel(below, qos.timeout, ports);
  // The other end may send them all the same; nobody waits for them here.
  below.onSignOfLife(() => {});
  return below;
}
