/**
 * Branded numbers and strings: an id of one kind cannot be passed where another is meant.
 *
 * @module
 */

/** Key that no value has; it exists in types only. */
export declare const brand: unique symbol;
/** `T` that only its own constructor below makes. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Process id as the kernel reports it. */
export type Pid = Branded<number, "Pid">;
/** User id as the kernel reports it. */
export type Uid = Branded<number, "Uid">;
/** Id of one end of a flow on one host; given by the IRMd, lowest free first, from 0. */
export type FlowId = Branded<number, "FlowId">;
/** Number of a flow inside one process, from 64. */
export type Fd = Branded<number, "Fd">;
/** Address of an IPCP inside its layer. */
export type Address = Branded<number, "Address">;
/** Endpoint id: names an end of a flow inside a layer. */
export type Eid = Branded<bigint, "Eid">;
/** Hash of a name, lower-case hexadecimal, with the hash function of the layer. */
export type NameHash = Branded<string, "NameHash">;

/** The first flow number of a process; lower ones are reserved (reference: `PROG_RES_FDS`). */
export const FIRST_FD = 64;
/** Longest name of a service, layer, IPCP, program or device, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 255;
/**
 * Whether a text can be shown on a line and written as UTF-8: without control characters (those from U+0080 on, which
 * terminals obey too, included) and halves of surrogate pairs.
 */
export const isPrintable = (text: string): boolean => !/\p{Cc}/u.test(text) && text.isWellFormed();

/** Ends of flows on one host. */
export const MAX_FLOWS = 10240;

/** Marks a checked number as a process id. */
export const pid = (value: number): Pid => value as Pid;
/** Marks a checked number as a user id. */
export const uid = (value: number): Uid => value as Uid;
/** Marks a checked number as a flow id. */
export const flowId = (value: number): FlowId => value as FlowId;
/** Marks a checked number as a flow number of this process. */
export const fd = (value: number): Fd => value as Fd;
/** Marks a checked number as an address. */
export const address = (value: number): Address => value as Address;
/** Marks a checked number as an endpoint id. */
export const eid = (value: bigint): Eid => value as Eid;
/** Marks checked lower-case hexadecimal as the hash of a name. */
export const nameHash = (value: string): NameHash => value as NameHash;

/** The form in which logs show an address: its four bytes, the lowest first. */
export const addressText = (address: number): string =>
  [0, 8, 16, 24].map((shift) => (address >>> shift & 0xff).toString(16).padStart(2, "0")).join(".");
/** The form in which logs show a hash: its first four bytes. */
export const shortHash = (hash: NameHash): string => hash.slice(0, 8);
