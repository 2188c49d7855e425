/**
 * Messages of Protocol Buffers, syntax proto2, described by tables: the part of it that the reference uses. The only file
 * that knows the library.
 *
 * @module
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ProtocolError } from "../contract/errors.ts";

/** The scalar types, and what they are in TypeScript. */
export interface Proto2Scalars {
  uint32: number;
  int32: number;
  uint64: bigint;
  int64: bigint;
  bool: boolean;
  string: string;
  bytes: Uint8Array;
}

/** A scalar type, or the table of an embedded message. */
export type Proto2Type = keyof Proto2Scalars | Proto2Table<Proto2Fields>;

/** How often a field comes. */
export type Proto2Label = "required" | "optional" | "repeated";

/** One field of a message. */
export interface Proto2Field<T extends Proto2Type = Proto2Type, L extends Proto2Label = Proto2Label> {
  readonly number: number;
  readonly label: L;
  readonly type: T;
}

/** The fields of a message, by their names here. */
export interface Proto2Fields {
  readonly [name: string]: Proto2Field;
}

/** A field of a table, with its name here. */
interface NamedField {
  readonly name: string;
  readonly field: Proto2Field;
}

/** A message: its name in errors, and its fields in the order of their numbers. */
export interface Proto2Table<F extends Proto2Fields> {
  readonly name: string;
  readonly fields: F;
  /** The fields in the order in which they are written. */
  readonly ordered: readonly NamedField[];
}

type ValueOf<T extends Proto2Type> = T extends keyof Proto2Scalars ? Proto2Scalars[T]
  : T extends Proto2Table<infer F> ? Proto2Message<F>
  : never;

type NamesOf<F extends Proto2Fields, L extends Proto2Label> = {
  [K in keyof F]: F[K]["label"] extends L ? K : never;
}[keyof F];

/** What a message with these fields is in TypeScript. Bytes are views into what was decoded. */
export type Proto2Message<F extends Proto2Fields> =
  & { readonly [K in NamesOf<F, "required">]: ValueOf<F[K]["type"]> }
  & { readonly [K in NamesOf<F, "optional">]?: ValueOf<F[K]["type"]> }
  & { readonly [K in NamesOf<F, "repeated">]: readonly ValueOf<F[K]["type"]>[] };

const labelled = <L extends Proto2Label>(label: L) => <T extends Proto2Type>(number: number, type: T) => ({
  number,
  label,
  type,
});

/** Describes a field that must be there. */
export const required = labelled("required");
/** Describes a field that may be there. */
export const optional = labelled("optional");
/** Describes a field that comes any number of times, never packed. */
export const repeated = labelled("repeated");

/**
 * Makes the table of a message.
 *
 * @param name what errors call it: its name in the reference
 *
 * @example
 * ```ts
 * import { decodeProto2, encodeProto2, proto2Table, repeated, required } from "./proto2.ts";
 * import assert from "node:assert/strict";
 * const POINT = proto2Table("point", { x: required(1, "uint32"), tags: repeated(2, "string") });
 * const bytes = encodeProto2(POINT, { x: 300, tags: ["a"] });
 * assert.equal(bytes.toHex(), "08ac02120161");
 * assert.deepEqual(decodeProto2(POINT, bytes), { x: 300, tags: ["a"] });
 * ```
 */
export function proto2Table<const F extends Proto2Fields>(name: string, fields: F): Proto2Table<F> {
  const ordered = Object.entries<Proto2Field>(fields).map(([name, field]) => ({ name, field }))
    .sort((a, b) => a.field.number - b.field.number);
  return { name, fields, ordered };
}

/** Writes one message after the other: a writer of its own for each would take a buffer of its own. */
const writer = new BinaryWriter();

/**
 * Encodes a message: fields in the order of their numbers.
 *
 * @param unknown fields, as {@link decodeProto2} has kept them, that are appended
 * @throws ProtocolError when a required field is missing, or a value does not fit its type
 */
export function encodeProto2<F extends Proto2Fields>(
  table: Proto2Table<F>,
  message: Proto2Message<F>,
  unknown: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  try {
    write(writer, table, message);
    for (const field of unknown) writer.raw(field);
  } catch (thrown) {
    writer.finish(); // What it has of this message is not for the next one.
    throw thrown;
  }
  return writer.finish();
}

/**
 * Reads a message. Of a field that may come once but comes again, the last one counts.
 *
 * @param unknown takes the fields that the table does not have, each with its tag; left out: they are skipped
 * @throws ProtocolError, which names message and field, for whatever is not a message of this table
 */
export function decodeProto2<F extends Proto2Fields>(
  table: Proto2Table<F>,
  bytes: Uint8Array,
  unknown?: Uint8Array[],
): Proto2Message<F> {
  return read(table, bytes, unknown) as Proto2Message<F>;
}

function fault(table: string, field: string | undefined, what: string, cause?: unknown): ProtocolError {
  return new ProtocolError(`${table}${field === undefined ? "" : `.${field}`}: ${what}`, { cause });
}

/** Returns an error of the library in our words; one of an embedded message is there already. */
function faultOf(table: string, field: string | undefined, thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  return fault(table, field, thrown instanceof Error ? thrown.message : String(thrown), thrown);
}

function write(writer: BinaryWriter, table: Proto2Table<Proto2Fields>, message: object): void {
  const values: Readonly<Record<string, unknown>> = { ...message };
  for (const { name, field } of table.ordered) {
    const value = values[name];
    try {
      if (Array.isArray(value) && field.label === "repeated") {
        for (const element of value) writeOne(writer, field, element);
      } else if (value !== undefined) writeOne(writer, field, value);
      else if (field.label === "required") throw new Error("it is required and missing");
    } catch (thrown) {
      throw faultOf(table.name, name, thrown);
    }
  }
}

function writeOne(writer: BinaryWriter, { number, type }: Proto2Field, value: unknown): void {
  if (typeof type === "string") {
    writer.tag(number, SCALARS[type].wire);
    SCALARS[type].write(writer, value);
    return;
  }
  if (typeof value !== "object" || value === null) throw new Error(`it cannot be ${value}`);
  writer.tag(number, WireType.LengthDelimited).fork();
  write(writer, type, value);
  writer.join();
}

function read(table: Proto2Table<Proto2Fields>, bytes: Uint8Array, unknown?: Uint8Array[]): object {
  const values: Record<string, unknown> = {};
  const reader = new BinaryReader(bytes);
  let name: string | undefined;
  try {
    while (reader.pos < bytes.length) {
      name = undefined;
      const start = reader.pos;
      const [number, wire] = reader.tag();
      const named = fieldOf(table, number);
      if (named === undefined) {
        reader.skip(wire, number);
        unknown?.push(bytes.subarray(start, reader.pos));
        continue;
      }
      name = named.name;
      const value = readOne(reader, bytes, wire, named.field);
      const before = values[name];
      if (named.field.label !== "repeated") values[name] = value;
      else if (Array.isArray(before)) before.push(value);
      else values[name] = [value];
    }
  } catch (thrown) {
    throw faultOf(table.name, name, thrown);
  }
  for (const { name, field: { label } } of table.ordered) {
    if (values[name] !== undefined || label === "optional") continue;
    if (label === "required") throw fault(table.name, name, "it is required and missing");
    values[name] = [];
  }
  return values;
}

function fieldOf({ ordered }: Proto2Table<Proto2Fields>, number: number): NamedField | undefined {
  for (const named of ordered) if (named.field.number === number) return named;
  return undefined;
}

function readOne(reader: BinaryReader, bytes: Uint8Array, wire: WireType, { type }: Proto2Field): unknown {
  const expected = typeof type === "string" ? SCALARS[type].wire : WireType.LengthDelimited;
  if (wire !== expected) throw new Error(`it has wire type ${wire} in the place of ${expected}`);
  return typeof type === "string" ? SCALARS[type].read(reader, bytes) : read(type, chunk(reader, bytes));
}

interface Scalar {
  readonly wire: WireType;
  write(writer: BinaryWriter, value: unknown): void;
  read(reader: BinaryReader, bytes: Uint8Array): unknown;
}

const { Varint, LengthDelimited } = WireType;

const SCALARS: Readonly<Record<keyof Proto2Scalars, Scalar>> = {
  uint32: { wire: Varint, write: (to, value) => to.uint32(numeric(value)), read: varint32 },
  int32: { wire: Varint, write: (to, value) => to.int32(numeric(value)), read: signed32 },
  uint64: {
    wire: Varint,
    write: (to, value) => to.uint64(big(value)),
    read: (from, bytes) => varint64(from, bytes, () => from.uint64()),
  },
  int64: {
    wire: Varint,
    write: (to, value) => to.int64(big(value)),
    read: (from, bytes) => varint64(from, bytes, () => from.int64()),
  },
  bool: {
    wire: Varint,
    write: (to, value) => to.bool(value === true),
    read: (from, bytes) => varint32(from, bytes) !== 0,
  },
  string: { wire: LengthDelimited, write: (to, value) => to.string(String(value)), read: text },
  bytes: {
    wire: LengthDelimited,
    write: (to, value) => {
      if (!(value instanceof Uint8Array)) throw new Error(`it cannot be ${value}`);
      to.bytes(value);
    },
    read: chunk,
  },
};

function numeric(value: unknown): number {
  if (typeof value !== "number") throw new Error(`it cannot be ${value}`);
  return value;
}

function big(value: unknown): bigint {
  if (typeof value !== "bigint") throw new Error(`it cannot be ${value}`);
  return value;
}

/** The library drops bits that do not fit; here they are an error. */
function varint32(reader: BinaryReader, bytes: Uint8Array): number {
  const start = reader.pos;
  const value = reader.uint32();
  const length = reader.pos - start;
  if (length > 5 || (length === 5 && bytes[start + 4] > 0x0f)) throw new Error("it exceeds 32 bits");
  return value;
}

function varint64(reader: BinaryReader, bytes: Uint8Array, get: () => bigint | string): bigint {
  const start = reader.pos;
  const value = BigInt(get());
  if (reader.pos - start === 10 && bytes[start + 9] > 1) throw new Error("it exceeds 64 bits");
  return value;
}

/** Negative values are written with 64 bits. */
function signed32(reader: BinaryReader, bytes: Uint8Array): number {
  const value = Number(varint64(reader, bytes, () => reader.int64()));
  if ((value | 0) !== value) throw new Error("it exceeds 32 bits");
  return value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(reader: BinaryReader, bytes: Uint8Array): string {
  return utf8.decode(chunk(reader, bytes));
}

function chunk(reader: BinaryReader, bytes: Uint8Array): Uint8Array {
  const start = reader.pos;
  const value = reader.bytes();
  const prefix = reader.pos - value.length - start;
  if (prefix > 5 || (prefix === 5 && bytes[start + 4] > 0x0f)) throw new Error("its length exceeds 32 bits");
  return value;
}
