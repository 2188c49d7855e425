/**
 * The control calls of a raptor card's kernel module (release 0.18.0 of the reference used nothing else: no read, no write, no poll).
 *
 * @module
 */
import { callError, CLOEXEC, closeFd, cText, lastErrno, netCalls } from "../../c/net_calls.ts";

/** What a call is for: the upper 16 bits of its number. The lower ones are how many pointers it takes. */
export const CALLS = {
  /** Frames for the cable. Each belongs to the card until it is given back. */
  send: 0xad420000,
  /** Gives back frames that were sent. */
  sendDone: 0xad440000,
  /** How many empty buffers the card wants. */
  receiveNeed: 0xad460000,
  /** Hands over empty buffers. */
  receive: 0xad430000,
  /** Gives back buffers with a frame in each. */
  receiveDone: 0xad450000,
} as const;

/** One of them. */
export type RaptorCall = typeof CALLS[keyof typeof CALLS];

/** A card, as far as this host can speak to it. */
export interface RaptorControl {
  /**
   * Makes a call with addresses of buffers. It may wait in the kernel for a bounded time.
   *
   * @returns how many were taken or given; 0 and less: none
   */
  call(call: RaptorCall, count: number, addresses?: BigUint64Array<ArrayBuffer>): Promise<number>;
  /** Ends it: no call comes any more. */
  close(): void;
}

/** Opens a card's device node. @throws NotFoundError, PermissionError */
export function openRaptorControl(path: string): RaptorControl {
  const { open, ioctl_wait } = netCalls();
  const fd = open(cText(path), CLOEXEC);
  if (fd < 0) throw callError(`cannot open the card ${path}`, lastErrno());
  const nothing = new Uint8Array(0);
  return {
    call: (call, count, addresses) =>
      ioctl_wait(fd, BigInt(call + count), addresses ? new Uint8Array(addresses.buffer) : nothing),
    close: () => closeFd(fd),
  };
}
