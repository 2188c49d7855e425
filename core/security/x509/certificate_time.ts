/**
 * Times in certificates.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { type Element, Tag } from "./der.ts";

/**
 * A time in milliseconds since 1970 (UTC): `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
 *
 * @throws ProtocolError when it is neither, or not on the calendar
 */
export function certificateTime({ tag, content }: Element): number {
  const text = String.fromCharCode(...content.subarray(0, 16));
  const [, year, rest] = (tag === Tag.UTC_TIME ? /^(\d\d)(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
  if ((tag !== Tag.UTC_TIME && tag !== Tag.TIME) || rest === undefined) {
    throw new ProtocolError("a certificate has a time that is malformed");
  }
  const full = tag === Tag.TIME ? year : `${Number(year) < 50 ? "20" : "19"}${year}`;
  const [month, day, hour, minute, second] = rest.match(/\d\d/g) ?? [];
  const iso = `${full}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  if (!Number.isFinite(time) || new Date(time).toISOString() !== iso) {
    throw new ProtocolError("a certificate has a time that is not on the calendar");
  }
  return time;
}
