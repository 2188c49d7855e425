/**
 * The runtime's classes of errors, made of the codes of Node's errors.
 *
 * @module
 */

/** Names of classes, and the codes that they stand for. */
const CODES = {
  AddrInUse: ["EADDRINUSE"],
  AlreadyExists: ["EEXIST"],
  BrokenPipe: ["EPIPE", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"],
  ConnectionReset: ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"],
  FilesystemLoop: ["ELOOP"],
  IsADirectory: ["EISDIR"],
  NotADirectory: ["ENOTDIR"],
  NotCapable: [],
  NotFound: ["ENOENT", "ESRCH"],
  NotSupported: ["ENOTSUP", "EOPNOTSUPP"],
  PermissionDenied: ["EACCES", "EPERM"],
  TimedOut: ["ETIMEDOUT"],
  WouldBlock: ["EAGAIN", "EWOULDBLOCK"],
} as const satisfies Record<string, readonly string[]>;

type Name = keyof typeof CODES;
type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;

const names = Object.keys(CODES).filter((name): name is Name => Object.hasOwn(CODES, name));

const classes = new Map(names.map((name): [Name, ErrorClass] => [
  name,
  class extends Error {
    override readonly name = name;
  },
]));
/** Returns a class by its name. */
export const classOf = (name: Name): ErrorClass => classes.get(name) ?? Error;

/** The classes, in the place of `Deno.errors`. */
export const errors = Object.fromEntries(classes);

/** Returns the error in the runtime's class; itself where there is none for it. */
export function errorOf(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const code: unknown = Reflect.get(thrown, "code");
  const name = names.find((name) => CODES[name].some((known) => known === code));
  return name === undefined ? thrown : new (classOf(name))(thrown.message, { cause: thrown });
}

/** Makes a function throw the runtime's errors. */
export function translated<Words extends unknown[], Result>(
  call: (...words: Words) => Result,
): (...words: Words) => Result {
  return (...words) => {
    try {
      return call(...words);
    } catch (thrown) {
      throw errorOf(thrown);
    }
  };
}
