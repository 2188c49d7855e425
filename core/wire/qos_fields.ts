/**
 * The fields of a QoS specification in messages: the same in all of them (release 0.23.0), in places of their own.
 *
 * @module
 */
import type { QosSpec } from "../contract/qos.ts";

/** Places of the fields in a message, in bytes. Multi-byte fields are big-endian. */
export type QosPlaces = Readonly<Record<keyof QosSpec, number>>;

/** Writes a specification to its places. */
export function writeQos(view: DataView, at: QosPlaces, qos: QosSpec): void {
  view.setUint32(at.delay, qos.delay);
  view.setBigUint64(at.bandwidth, qos.bandwidth);
  view.setUint8(at.availability, qos.availability);
  view.setUint32(at.loss, qos.loss);
  view.setUint32(at.ber, qos.ber);
  view.setUint8(at.inOrder, qos.inOrder);
  view.setUint32(at.maxGap, qos.maxGap);
  view.setUint32(at.timeout, qos.timeout);
}

/** Reads a specification from its places. */
export const readQos = (view: DataView, at: QosPlaces): QosSpec => ({
  delay: view.getUint32(at.delay),
  bandwidth: view.getBigUint64(at.bandwidth),
  availability: view.getUint8(at.availability),
  loss: view.getUint32(at.loss),
  ber: view.getUint32(at.ber),
  inOrder: view.getUint8(at.inOrder),
  maxGap: view.getUint32(at.maxGap),
  timeout: view.getUint32(at.timeout),
});
