/**
 * Lets the event loop read a descriptor as it reads a pipe. The runtime has this for programs written for Node, where it
 * has always been, though not as a documented interface; so nothing is taken for granted.
 *
 * @module
 */
import { closeFd } from "../c/net_calls.ts";

/** A descriptor that the event loop reads. */
export interface Pipe {
  /** Calls `read` whenever something was read, with the number of bytes; 0 or less at the end of it, or when reading has failed. */
  onRead(read: (count: number) => void): void;
  /** Says whether the process stays alive for what may be read. */
  keepAlive(wanted: boolean): void;
  /** Ends it and closes the descriptor. Calls `done` when nothing is under way. */
  close(done: () => void): void;
}

/** Bytes that are read at a time when nobody wants to know what they are. */
const BUFFER = 64;

/** Reads a descriptor from now on; undefined, and the descriptor closed, where the runtime does not do that. */
export function openPipe(fd: number): Pipe | undefined {
  const handle = pipeHandle(), state = streamState();
  if (!handle || !state || call(handle, "open", fd) !== 0) {
    closeFd(fd);
    return undefined;
  }
  // Else each reading would allocate.
  call(handle, "useUserBuffer", new Uint8Array(BUFFER));
  let read = (_count: number) => {};
  Reflect.set(handle, "onread", () => read(state[0]));
  if (call(handle, "readStart") !== 0) {
    call(handle, "close");
    return undefined;
  }
  return {
    onRead: (now) => read = now,
    keepAlive: (wanted) => void call(handle, wanted ? "ref" : "unref"),
    close: (done) => void call(handle, "close", done),
  };
}

function pipeHandle(): object | undefined {
  // deno-lint-ignore no-process-global -- importing node:process costs every IPCP memory
  const wrap = call(process, "binding", "pipe_wrap");
  if (!isObject(wrap)) return undefined;
  const Pipe: unknown = Reflect.get(wrap, "Pipe"), constants: unknown = Reflect.get(wrap, "constants");
  if (typeof Pipe !== "function" || !isObject(constants)) return undefined;
  const handle: unknown = Reflect.construct(Pipe, [Reflect.get(constants, "SOCKET")]);
  return isObject(handle) ? handle : undefined;
}

/** Where the runtime says how many bytes were read, or a negative error number. */
function streamState(): Int32Array | undefined {
  // deno-lint-ignore no-process-global -- as above
  const wrap = call(process, "binding", "stream_wrap");
  const state: unknown = isObject(wrap) ? Reflect.get(wrap, "streamBaseState") : undefined;
  return state instanceof Int32Array ? state : undefined;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Calls a method, if there is one; undefined when there is none, or it throws. */
function call(target: object, name: string, ...values: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== "function") return undefined;
  try {
    return Reflect.apply(method, target, values);
  } catch {
    // An older or newer runtime: those who ask do without.
    return undefined;
  }
}
