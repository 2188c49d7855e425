/**
 * The messages of the directory, a distributed hash table (reference: `src/ipcpd/unicast/dir/dht.proto`, 0.23.0).
 *
 * | code | `type`            | `src` (2) and      | with                                              |
 * | ---- | ----------------- | ------------------ | ------------------------------------------------- |
 * | 0    | store             | store (3)          | key (1), val (2), exp (3)                         |
 * | 1    | findNode          | find (4)           | cookie (1), key (2)                               |
 * | 2    | findNodeReply     | node (5)           | cookie (1), key (2), contacts (3)                 |
 * | 3    | findValue         | find (4)           | cookie (1), key (2)                               |
 * | 4    | findValueReply    | node (5), val (6)  | the same; values (1), there even when it is empty |
 *
 * @module
 */
import { ProtocolError } from "../../../core/contract/errors.ts";
import { type Address, address } from "../../../core/contract/ids.ts";
import {
  decodeProto2,
  encodeProto2,
  optional,
  type Proto2Message,
  proto2Table,
  repeated,
  required,
} from "../../../core/wire/proto2.ts";

/** A node of the hash table: its random id, and the address of its IPCP. */
export interface DhtContact {
  /** As long as a hash of the layer. */
  readonly id: Uint8Array;
  /** Never 0. */
  readonly address: Address;
}

interface From {
  /** The node that sends the message. */
  readonly source: DhtContact;
  /** What it is about: a hash, or for `findNode` perhaps an id. */
  readonly key: Uint8Array;
}

/** Says that a key has a value. There is no answer. */
export interface DhtStore extends From {
  readonly type: "store";
  /** For names: an address, see {@link dhtValue}. Never empty. */
  readonly value: Uint8Array;
  /** When the value expires, in seconds since 1970. */
  readonly expiry: number;
}

/** Asks for the contacts nearest to the key, or for its values as well. */
export interface DhtFind extends From {
  readonly type: "findNode" | "findValue";
  /** Comes back unchanged in the answer. */
  readonly cookie: bigint;
}

/** The answer to `findNode`. */
export interface DhtFindNodeReply extends From {
  readonly type: "findNodeReply";
  readonly cookie: bigint;
  readonly contacts: readonly DhtContact[];
}

/** The answer to `findValue`. */
export interface DhtFindValueReply extends From {
  readonly type: "findValueReply";
  readonly cookie: bigint;
  readonly contacts: readonly DhtContact[];
  /** What is stored for the key; may be empty. */
  readonly values: readonly Uint8Array[];
}

/** Any message. Bytes in it are views into what was decoded. */
export type DhtMessage = DhtStore | DhtFind | DhtFindNodeReply | DhtFindValueReply;

const CODES = ["store", "findNode", "findNodeReply", "findValue", "findValueReply"] as const;

const CONTACT = proto2Table("dht_contact_msg", { id: required(1, "bytes"), addr: required(2, "uint64") });
const STORE = proto2Table("dht_store_msg", {
  key: required(1, "bytes"),
  val: required(2, "bytes"),
  exp: required(3, "uint32"),
});
const FIND = proto2Table("dht_find_req_msg", { cookie: required(1, "uint64"), key: required(2, "bytes") });
const NODE = proto2Table("dht_find_node_rsp_msg", {
  cookie: required(1, "uint64"),
  key: required(2, "bytes"),
  contacts: repeated(3, CONTACT),
});
const VALUE = proto2Table("dht_find_value_rsp_msg", { values: repeated(1, "bytes") });
const DHT = proto2Table("dht_msg", {
  code: required(1, "uint32"),
  src: required(2, CONTACT),
  store: optional(3, STORE),
  find: optional(4, FIND),
  node: optional(5, NODE),
  val: optional(6, VALUE),
});

type Contact = Proto2Message<typeof CONTACT.fields>;

/**
 * Encodes a message.
 *
 * @example
 * ```ts
 * import { address } from "../../../core/contract/ids.ts";
 * import { decodeDht, type DhtMessage, encodeDht } from "./dht_message.ts";
 * import assert from "node:assert/strict";
 * const source = { id: new Uint8Array(28).fill(7), address: address(0x2159206b) };
 * const message: DhtMessage = { type: "findNode", source, cookie: 5n, key: new Uint8Array(28) };
 * assert.deepEqual(decodeDht(encodeDht(message), 28), message);
 * ```
 */
export function encodeDht(message: DhtMessage): Uint8Array<ArrayBuffer> {
  const { key } = message;
  const head = { code: CODES.indexOf(message.type), src: contactOut(message.source) };
  switch (message.type) {
    case "store":
      return encodeProto2(DHT, { ...head, store: { key, val: message.value, exp: message.expiry } });
    case "findNode":
    case "findValue":
      return encodeProto2(DHT, { ...head, find: { cookie: message.cookie, key } });
    case "findNodeReply":
      return encodeProto2(DHT, { ...head, node: nodeOut(message) });
    case "findValueReply":
      return encodeProto2(DHT, { ...head, node: nodeOut(message), val: { values: message.values } });
  }
}

/**
 * Reads a message. Of the contacts in an answer, those that no node can have (an id of another length, an address that is
 * 0 or does not fit 32 bits) are left out: the node that answers may itself have been told nonsense.
 *
 * @param hashLength bytes of a hash in the layer
 * @throws ProtocolError when it is not a message, or its parts do not fit its code or the length of hashes
 */
export function decodeDht(bytes: Uint8Array, hashLength: number): DhtMessage {
  const { code, src, store, find, node, val } = decodeProto2(DHT, bytes);
  const type = CODES[code];
  const source = contactIn(src, hashLength);
  if (source === undefined) throw new ProtocolError("dht_msg.src: it is not a node of this layer");
  switch (type) {
    case "store": {
      const { key, val: value, exp: expiry } = part(store, "store", hashLength);
      if (value.length === 0) throw new ProtocolError("dht_store_msg.val: it is empty");
      return { type, source, key, value, expiry };
    }
    case "findNode":
    case "findValue":
      return { type, source, ...part(find, "find", hashLength) };
    case "findNodeReply":
      return { type, source, ...nodeIn(part(node, "node", hashLength), hashLength) };
    case "findValueReply": {
      if (val === undefined) throw new ProtocolError("dht_msg.val: it is missing in an answer to findValue");
      return { type, source, ...nodeIn(part(node, "node", hashLength), hashLength), values: val.values };
    }
    default:
      throw new ProtocolError(`dht_msg.code: there is no message ${code}`);
  }
}

/**
 * Returns the value that a name has: the address where it is registered, in 8 bytes, big-endian.
 *
 * @example
 * ```ts
 * import { address } from "../../../core/contract/ids.ts";
 * import { addressOfDhtValue, dhtValue } from "./dht_message.ts";
 * import assert from "node:assert/strict";
 * const value = dhtValue(address(0x6f9be02a));
 * assert.equal(value.toHex(), "000000006f9be02a");
 * assert.equal(addressOfDhtValue(value), 0x6f9be02a);
 * ```
 */
export function dhtValue(of: Address): Uint8Array<ArrayBuffer> {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setUint32(4, of);
  return value;
}

/** Returns the address in a value; undefined when it is not one. */
export function addressOfDhtValue(value: Uint8Array): Address | undefined {
  if (value.length !== 8) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const low = view.getUint32(4);
  return view.getUint32(0) === 0 && low !== 0 ? address(low) : undefined;
}

function contactOut({ id, address }: DhtContact): Contact {
  return { id, addr: BigInt(address) };
}

function contactIn({ id, addr }: Contact, hashLength: number): DhtContact | undefined {
  if (id.length !== hashLength || addr === 0n || addr > 0xffffffffn) return undefined;
  return { id, address: address(Number(addr)) };
}

function nodeOut({ cookie, key, contacts }: DhtFindNodeReply | DhtFindValueReply) {
  return { cookie, key, contacts: contacts.map(contactOut) };
}

function nodeIn(node: Proto2Message<typeof NODE.fields>, hashLength: number) {
  const contacts = node.contacts.map((contact) => contactIn(contact, hashLength));
  return {
    cookie: node.cookie,
    key: node.key,
    contacts: contacts.filter((contact) => contact !== undefined),
  };
}

function part<P extends { readonly key: Uint8Array }>(
  found: P | undefined,
  name: string,
  hashLength: number,
): P {
  if (found === undefined) throw new ProtocolError(`dht_msg.${name}: it is missing`);
  if (found.key.length !== hashLength) {
    throw new ProtocolError(
      `dht_msg.${name}.key: it has ${found.key.length} bytes; hashes of the layer have ${hashLength}`,
    );
  }
  return found;
}
