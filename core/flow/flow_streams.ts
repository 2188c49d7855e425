/**
 * A flow as Web streams and as an iterable of packets.
 *
 * @module
 */
import { FlowDownError, FlowPeerError, ProtocolError, TimedOutError } from "../contract/errors.ts";
import type { PacketFlow } from "./flow_calls.ts";

type Packet = Uint8Array<ArrayBuffer>;

/** What a flow is lost by, while nobody has closed it. */
const LOSSES = [FlowPeerError, TimedOutError, ProtocolError];

/** Whether packets are over in order: the flow is down, and not lost. */
const isEnd = (thrown: unknown): boolean =>
  thrown instanceof FlowDownError && !LOSSES.some((Class) => thrown.cause instanceof Class);

/** Returns packets as they arrive, copied; nothing is read ahead of the stream's reader. @param ended called when the flow is down */
export function readableOf(flow: PacketFlow, ended: () => void): ReadableStream<Packet> {
  return new ReadableStream<Packet>({
    async pull(controller) {
      try {
        controller.enqueue((await flow.read()).slice());
      } catch (thrown) {
        if (!isEnd(thrown)) throw thrown;
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

/** Returns packets until the flow goes down; fails when it is lost. @param ended called when it is down */
export function packetIterator(flow: PacketFlow, ended: () => void): AsyncIterator<Packet> {
  const step = (value: Packet): IteratorResult<Packet> => ({ value, done: false });
  const end = (thrown: unknown): IteratorResult<Packet> => {
    if (!isEnd(thrown)) throw thrown;
    ended();
    return { value: undefined, done: true };
  };
  return { next: () => flow.read().then(step, end) };
}
