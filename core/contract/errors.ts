/**
 * The catalogue of errors. Each class has a stable `code` (for programs) and the reference's error number
 * `errno` (for the wire and for C programmers). Messages say what happened, to what, and what to do.
 *
 * @module
 */

/** What an error may be made with. */
export interface OuroErrorOptions extends ErrorOptions {
  /** What a stranger at the other end may read, who has caused it; left out: nothing but its number. */
  readonly told?: string | undefined;
}

/** What all errors of the product have in common. */
export abstract class OuroError extends Error {
  /** Stable word, for programs. */
  abstract readonly code: string;
  /** Error number of the reference (`include/ouroboros/errno.h`) or of Linux. */
  abstract readonly errno: number;

  /** What a stranger at the other end may read, who has caused it; undefined: nothing but its number. */
  declare readonly told?: string;

  /** Makes one; `options.cause` is what led to it. */
  constructor(message: string, options?: OuroErrorOptions) {
    super(message, options);
    if (options?.told !== undefined) this.told = options.told;
    this.name = new.target.name;
  }

  /** Makes what a class of the catalogue extends: errors with this word and number. */
  static of<const Code extends string>(code: Code, errno: number): CataloguedClass<Code> {
    abstract class Catalogued extends OuroError {
      readonly code = code;
      readonly errno = errno;
    }
    return Catalogued;
  }
}

/** A class of errors with a word of the catalogue. */
export type CataloguedClass<Code extends string> = abstract new (
  message: string,
  options?: OuroErrorOptions,
) => OuroError & { readonly code: Code; readonly errno: number };

/** The caller may not do this. */
export class PermissionError extends OuroError.of("OURO_PERMISSION", 1) {}
/** The thing asked for is not there. */
export class NotFoundError extends OuroError.of("OURO_NOT_FOUND", 2) {}
/** Nothing to read, or no room to write, right now (non-blocking). */
export class WouldBlockError extends OuroError.of("OURO_WOULD_BLOCK", 11) {}
/** A limit of the system is reached. */
export class ExhaustedError extends OuroError.of("OURO_EXHAUSTED", 12) {}
/** Something of that name exists already. */
export class ExistsError extends OuroError.of("OURO_EXISTS", 17) {}
/** An argument is not valid. */
export class InvalidError extends OuroError.of("OURO_INVALID", 22) {}
/** The operation was ended before it was done. */
export class CancelledError extends OuroError.of("OURO_CANCELLED", 32) {}
/** A message from another process or host is not of the agreed form. */
export class ProtocolError extends OuroError.of("OURO_PROTOCOL", 71) {}
/** A packet is larger than the flow carries. */
export class MessageSizeError extends OuroError.of("OURO_MESSAGE_SIZE", 90) {}
/** This kind of IPCP, flow or build does not do that. */
export class NotSupportedError extends OuroError.of("OURO_NOT_SUPPORTED", 95) {}
/** The time allowed is over. */
export class TimedOutError extends OuroError.of("OURO_TIMED_OUT", 110) {}
/** The flow is not allocated, or not any more. */
export class NotAllocatedError extends OuroError.of("OURO_NOT_ALLOCATED", 1000) {}
/** The IPCP is of another type than the operation needs. */
export class IpcpTypeError extends OuroError.of("OURO_IPCP_TYPE", 1001) {}
/** The IRMd cannot be reached, or went away. */
export class IrmdError extends OuroError.of("OURO_IRMD", 1002) {}
/** No IPCP can do it, or the IPCP refused. */
export class IpcpError extends OuroError.of("OURO_IPCP", 1003) {}
/** The IPCP is not in the state that the operation needs (say, not bootstrapped yet). */
export class IpcpStateError extends OuroError.of("OURO_IPCP_STATE", 1004) {}
/** The flow is down: the other end or the layer is gone. */
export class FlowDownError extends OuroError.of("OURO_FLOW_DOWN", 1005) {}
/** The other end has not been heard of for longer than the flow allows. */
export class FlowPeerError extends OuroError.of("OURO_FLOW_PEER", 1006) {}
/** The name is not known. */
export class NameError extends OuroError.of("OURO_NAME", 1007) {}
/** Encryption failed or could not be agreed. */
export class CryptError extends OuroError.of("OURO_CRYPT", 1008) {}
/** The other end could not be authenticated. */
export class AuthError extends OuroError.of("OURO_AUTH", 1009) {}
/** A plugin is missing, twice there, of another API version, or failed. */
export class PluginError extends OuroError.of("OURO_PLUGIN", 1100) {}
/** A fault of the product itself: report it. */
export class InternalError extends OuroError.of("OURO_INTERNAL", 1101) {}

/** A class of the catalogue. */
export type OuroErrorClass = new (message: string, options?: OuroErrorOptions) => OuroError;

/** All classes, for look-up by code or number and for documentation. */
export const ERROR_CLASSES: readonly OuroErrorClass[] = [
  PermissionError,
  NotFoundError,
  WouldBlockError,
  ExhaustedError,
  ExistsError,
  InvalidError,
  CancelledError,
  ProtocolError,
  MessageSizeError,
  NotSupportedError,
  TimedOutError,
  NotAllocatedError,
  IpcpTypeError,
  IrmdError,
  IpcpError,
  IpcpStateError,
  FlowDownError,
  FlowPeerError,
  NameError,
  CryptError,
  AuthError,
  PluginError,
  InternalError,
];

/** Filled when it is first asked: an error that is made while modules are loaded lets the runtime read their text once more. */
let byErrno: ReadonlyMap<number, OuroErrorClass> | undefined;

/**
 * The error that a peer reported by number; a number outside the catalogue becomes an {@link IpcpError} that names it.
 *
 * @example
 * ```ts
 * import { errorFromErrno, NameError } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert(errorFromErrno(1007, "no such name: x") instanceof NameError);
 * ```
 */
export function errorFromErrno(errno: number, message: string, options?: OuroErrorOptions): OuroError {
  byErrno ??= new Map(ERROR_CLASSES.map((Class) => [new Class("").errno, Class]));
  const Class = byErrno.get(Math.abs(errno));
  return Class ? new Class(message, options) : new IpcpError(`${message} (error ${errno})`, options);
}

/**
 * Whatever was thrown, as an error of the catalogue: foreign ones become an {@link InternalError}.
 *
 * @example
 * ```ts
 * import { asOuroError } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert.equal(asOuroError(new RangeError("too far")).code, "OURO_INTERNAL");
 * ```
 */
export function asOuroError(thrown: unknown): OuroError {
  if (thrown instanceof OuroError) return thrown;
  return new InternalError(messageOf(thrown), { cause: thrown });
}

/**
 * Returns the message of whatever was thrown: also of what throws itself when it is to be a text.
 *
 * @example
 * ```ts
 * import { messageOf } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert.equal(messageOf(new RangeError("too far")), "too far");
 * assert.equal(messageOf(undefined), "undefined");
 * ```
 */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "something that cannot be put into words";
  }
}
