/**
 * What the dissector must show of a message, according to our codecs: values by field.
 *
 * @module
 */
import type { QosSpec } from "../../core/contract/qos.ts";
import { decodeCep } from "../../core/wire/layer/cep_message.ts";
import * as header from "../../plugins/unicast/wire/data_transfer_header.ts";
import { decodeDht, type DhtContact } from "../../plugins/directory/dht/dht_message.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  decodeEnrollmentResponse,
} from "../../core/wire/layer/enrollment_message.ts";
import {
  decodeFlowAllocationMessage,
  type EndpointId,
} from "../../plugins/unicast/wire/flow_allocation_message.ts";
import type { LayerConfiguration } from "../../core/contract/membership.ts";
import { decodeLinkStateUpdate } from "../../plugins/routing/link_state_update.ts";
import { decoded } from "../support/layer_encoding.ts";
import { decodeOapHeader, type OapHeader } from "../../core/wire/oap_header.ts";
import type { Kind } from "../vectors/walk.ts";

/** Values of fields, in the order in which the message has them. */
export type Shown = Readonly<Record<string, readonly string[]>>;

type Values = Record<string, string | number | bigint | boolean | Uint8Array | readonly Uint8Array[]>;

/** Values as tshark prints them; what is empty is not shown. */
export function shown(prefix: string, values: Values): Shown {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, [value].flat().flatMap(printed)]),
  );
}

function printed(value: Values[string]): string[] {
  if (value instanceof Uint8Array) return value.length === 0 ? [] : [value.toHex()];
  if (typeof value === "boolean") return [value ? "1" : "0"];
  return value === "" ? [] : [String(value)];
}

/** A number as fields with base.HEX show it. @param bytes its width */
export function hex(value: number | bigint, bytes: number): string {
  return `0x${value.toString(16).padStart(2 * bytes, "0")}`;
}

const eidHex = ({ high, low }: EndpointId) => hex(BigInt(high) << 32n | BigInt(low), 8);

/** A quality as it is shown. */
export const shownQos = (qos: QosSpec): Shown =>
  shown("ouro.qos", {
    delay: qos.delay,
    bandwidth: qos.bandwidth,
    availability: qos.availability,
    loss: qos.loss,
    ber: qos.ber,
    in_order: qos.inOrder,
    max_gap: qos.maxGap,
    timeout: qos.timeout,
  });

/** For each kind of message that has a codec, what is shown of it. */
export const EXPECTED: ReadonlyMap<Kind, (bytes: Uint8Array, hashLength: number) => Shown> = new Map<
  Kind,
  (bytes: Uint8Array, hashLength: number) => Shown
>([
  ["CEP", (bytes) => {
    const { component, protocol, version, syntax, address } = decodeCep(bytes);
    return shown("ouro.cep", {
      comp_name: component,
      protocol,
      pref_version: version,
      pref_syntax: syntax,
      address: hex(address, 8),
    });
  }],
  ["enrolment request", (bytes) => shown("ouro.enrol", { id: decodeEnrollmentRequest(bytes).id })],
  ["enrolment response", (bytes) => {
    const { id, time, response, configuration } = decodeEnrollmentResponse(bytes);
    return {
      ...shown("ouro.enrol", { id, t_sec: time.seconds, t_nsec: time.nanoseconds }),
      ...shown("ouro", { response }),
      ...configuration ? layer(decoded(configuration)) : {},
    };
  }],
  ["enrolment ack", (bytes) => {
    const { id, result } = decodeEnrollmentAck(bytes);
    return shown("ouro.enrol", { id, result });
  }],
  ["LSU", (bytes) => {
    const { destination, source, sequence } = decodeLinkStateUpdate(bytes);
    return shown("ouro.lsu", {
      d_addr: hex(destination, 8),
      s_addr: hex(source, 8),
      seqno: sequence,
      withdrawn: sequence >= 2 ** 52 && sequence % 2 === 1,
    });
  }],
  ["DT header", (bytes) =>
    shown("ouro.dt", {
      dst: hex(header.headerDestination(bytes), 8),
      qc: header.headerCube(bytes),
      ttl: header.headerTtl(bytes),
      ecn: header.headerEcn(bytes),
      eid: eidHex({ high: header.headerEidHigh(bytes), low: header.headerEidLow(bytes) }),
    })],
  ["flow allocation", flowAllocation],
  ["DHT", directory],
  ["OAP request", (bytes) => allocationHeader(decodeOapHeader(bytes, 0))],
  ["OAP response", (bytes, hashLength) => allocationHeader(decodeOapHeader(bytes, hashLength))],
]);

function flowAllocation(bytes: Uint8Array, hashLength: number): Shown {
  const message = decodeFlowAllocationMessage(bytes, hashLength);
  const code = ["request", "reply", "update", "deallocate", "probe", "probe answer", "part", "check"].indexOf(
    message.kind,
  );
  switch (message.kind) {
    case "request":
      return {
        ...shown("ouro.fa", {
          code,
          s_addr: hex(message.source, 8),
          s_eid: eidHex(message.sourceEid),
          ece: 0,
        }),
        ...shownQos(message.qos),
        ...shown("ouro", { hash: message.hash }),
      };
    case "reply":
      return {
        ...shown("ouro.fa", { code, r_eid: eidHex(message.remoteEid), s_eid: eidHex(message.sourceEid) }),
        ...shown("ouro", { response: message.response }),
      };
    case "update":
      return shown("ouro.fa", { code, r_eid: eidHex(message.remoteEid), ece: message.level });
    case "deallocate":
      return shown("ouro.fa", { code, r_eid: eidHex(message.remoteEid) });
    case "probe":
      return shown("ouro.fa", {
        code,
        s_addr: hex(message.source, 8),
        s_eid: eidHex(message.id),
        size: message.size,
      });
    case "probe answer":
      return shown("ouro.fa", { code, r_eid: eidHex(message.id), size: message.size });
    case "check":
      return shown("ouro.fa", {
        code,
        s_addr: hex(message.source, 8),
        r_eid: eidHex(message.remoteEid),
        s_eid: eidHex(message.sourceEid),
      });
    case "part":
      return shown("ouro.fa", {
        code,
        s_addr: hex(message.source, 8),
        r_eid: eidHex(message.remoteEid),
        s_eid: eidHex({ high: message.number, low: message.offset }),
        size: message.total,
      });
  }
}

function directory(bytes: Uint8Array, hashLength: number): Shown {
  const message = decodeDht(bytes, hashLength);
  const code = ["store", "findNode", "findNodeReply", "findValue", "findValueReply"].indexOf(message.type);
  const head = { code, id: message.source.id, addr: hex(message.source.address, 8), key: message.key };
  switch (message.type) {
    case "store":
      return shown("ouro.dht", { ...head, value: message.value, exp: message.expiry });
    case "findNode":
    case "findValue":
      return shown("ouro.dht", { ...head, cookie: hex(message.cookie, 8) });
    case "findNodeReply":
      return { ...shown("ouro.dht", { ...head, cookie: hex(message.cookie, 8) }), ...contacts(message) };
    case "findValueReply":
      return {
        ...shown("ouro.dht", { ...head, cookie: hex(message.cookie, 8), value: message.values }),
        ...contacts(message),
      };
  }
}

const contacts = ({ contacts }: { readonly contacts: readonly DhtContact[] }): Shown => ({
  "ouro.dht.contact.id": contacts.map(({ id }) => id.toHex()),
  "ouro.dht.contact.addr": contacts.map(({ address }) => hex(address, 8)),
});

/** An allocation header as it is shown. */
export const allocationHeader = (oap: OapHeader): Shown =>
  shown("ouro.oap", {
    id: oap.id,
    timestamp: oap.timestamp,
    cipher: oap.cipher,
    kdf: oap.kdf,
    digest: oap.digest,
    crt_len: oap.certificate.length,
    hybrid: oap.hybrid,
    client_encapsulates: oap.clientEncapsulates,
    kex_len: oap.keyExchange.length,
    data_len: oap.data.length,
    crt: oap.certificate,
    kex: oap.keyExchange,
    data: oap.data,
    req_hash: oap.requestHash,
    sig: oap.signature,
  });

const HASHES = ["SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512"];
const ROUTINGS = ["link_state", "lfa", "ecmp"];

function layer({ type, layer, hash, options, peer }: LayerConfiguration): Shown {
  const head = shown("ouro.enrol", {
    layer,
    dir_hash_algo: HASHES.indexOf(hash),
    ipcp_type: type === "unicast" ? 1 : 2,
  });
  if (type === "broadcast") return head;
  const option = (name: string) => {
    const value = options[name];
    if (value === undefined) throw new Error(`the configuration has no option ${name}`);
    return value;
  };
  return {
    ...head,
    ...shown("ouro.enrol", {
      addr_size: option("addr"),
      eid_size: option("eid"),
      max_ttl: option("ttl"),
      routing: 0,
      ls_pol: ROUTINGS.indexOf(String(option("routing"))),
      t_recalc: option("ls_t_recalc"),
      t_update: option("ls_t_update"),
      t_timeo: option("ls_t_timeo"),
      directory: 0,
      alpha: option("dht_alpha"),
      k: option("dht_k"),
      t_expire: option("dht_t_expire"),
      t_refresh: option("dht_t_refresh"),
      t_replicate: option("dht_t_replicate"),
      peer: hex(peer ?? 0, 8),
      addr_auth_type: 0,
      cong_avoid: ["none", "mb-ecn"].indexOf(String(option("congestion"))),
    }),
  };
}
