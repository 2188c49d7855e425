/**
 * A flow as Web streams and as an iterable of packets.
 *
 * @module
 */
import { FlowDownError } from "../contract/errors.ts";
import type { PacketFlow } from "./flow_calls.ts";

type Packet = Uint8Array<ArrayBuffer>;

/** Returns packets as they arrive, copied; nothing is read ahead of the stream's reader. @param ended called when the flow is down */
export function readableOf(flow: PacketFlow, ended: () => void): ReadableStream<Packet> {
  return new ReadableStream<Packet>({
    async pull(controller) {
      try {
        controller.enqueue((await flow.read()).slice());
      } catch (thrown) {
        if (!(thrown instanceof FlowDownError)) throw thrown;
        controller.close();
        ended();
      }
    },
  }, { highWaterMark: 0 });
}

/** Returns a stream that writes packets; slow readers at the other end slow the stream's writer down. */
export function writableOf(flow: PacketFlow): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({ write: (packet) => flow.write(packet) }, { highWaterMark: 1 });
}

/** Returns packets until the flow goes down. @param ended called then */
export function packetIterator(flow: PacketFlow, ended: () => void): AsyncIterator<Packet> {
  const step = (value: Packet): IteratorResult<Packet> => ({ value, done: false });
  const end = (thrown: unknown): IteratorResult<Packet> => {
    if (!(thrown instanceof FlowDownError)) throw thrown;
    ended();
    return { value: undefined, done: true };
  };
  return { next: () => flow.read().then(step, end) };
}
