/**
 * A quality of service in the control protocol: the eight fields by name, bandwidth as a decimal text.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { QOS, type QosSpec } from "../../contract/qos.ts";
import { type Fields, fieldsOf, integer, text } from "./fields.ts";

const UINT8 = 0xff;
const UINT32 = 0xffffffff;
const UINT64 = 0xffffffffffffffffn;

/** Returns what goes into the message. */
export function qosToJson(qos: QosSpec): Record<string, number | string> {
  return { ...qos, bandwidth: qos.bandwidth.toString() };
}

/**
 * Reads field `key`; left out: `raw`.
 *
 * @throws InvalidError when a field is missing or out of range
 */
export function qosFromJson(from: Fields, key: string): QosSpec {
  if (from[key] === undefined || from[key] === null) return QOS.raw;
  const fields = fieldsOf(from[key], key);
  const digits = text(fields, "bandwidth", 20);
  if (!/^[0-9]{1,20}$/.test(digits) || BigInt(digits) > UINT64) {
    throw new InvalidError(`bandwidth must be a decimal number of at most 64 bits; it is "${digits}"`);
  }
  return {
    delay: integer(fields, "delay", 0, UINT32),
    bandwidth: BigInt(digits),
    availability: integer(fields, "availability", 0, UINT8),
    loss: integer(fields, "loss", 0, UINT32),
    ber: integer(fields, "ber", 0, UINT32),
    inOrder: integer(fields, "inOrder", 0, UINT8),
    maxGap: integer(fields, "maxGap", 0, UINT32),
    timeout: integer(fields, "timeout", 0, UINT32),
  };
}
