/**
 * Where the data connection of a flow is to be made, as it stands in messages.
 *
 * @module
 */
import { type Uid, uid } from "../../contract/ids.ts";
import { TOKEN_BYTES } from "./data_frames.ts";
import { type Fields, hex, integer, optional, text } from "./fields.ts";

const MAX_PATH = 107;

/** Where to connect for the data of a flow. */
export interface ConnectTo {
  readonly path: string;
  readonly token: string;
  /** The user whose socket it must be; undefined: the IRMd is of a version that does not say it. */
  readonly uid: Uid | undefined;
}

/** Reads where to connect. */
export const readConnectTo = (fields: Fields): ConnectTo => ({
  path: text(fields, "path", MAX_PATH),
  token: hex(fields, "token", TOKEN_BYTES),
  uid: optional(fields, "uid", readUid),
});

/** Reads the number of a user. */
export const readUid = (fields: Fields, key: string): Uid => uid(integer(fields, key, 0, 0xffffffff));
