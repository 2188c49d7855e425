/**
 * Streams of bytes over a reliable flow (docs/flows.md): each packet is the next bytes, an empty packet is the end.
 *
 * @module
 */
import { FlowDownError, MessageSizeError, NotSupportedError } from "../contract/errors.ts";
import { isLoss, type PacketFlow } from "./flow_calls.ts";

/** Both directions of a flow as streams of bytes. */
export interface ByteStreamPair {
  /** What the other end writes, until it ends its stream. Cancelling it deallocates the flow; what was written is sent before. */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What the other end reads. Closing it ends the stream; aborting it deallocates the flow without delay. */
  readonly writable: WritableStream<Uint8Array>;
}

const END = new Uint8Array(0);

/**
 * Makes the pair; `ended` is called when both directions have come to their ends.
 *
 * @throws NotSupportedError when the flow is not reliable
 */
export function byteStreams(flow: PacketFlow, ended: () => void): ByteStreamPair {
  if (!flow.reliable) {
    throw new NotSupportedError(
      `flow ${flow.fd} (${flow.name}) is not reliable, so it cannot carry a stream of bytes: allocate it with the quality data`,
    );
  }
  let open = 2;
  const end = () => {
    if (--open === 0) ended();
  };
  return { readable: readableBytes(flow, end), writable: writableBytes(flow, end) };
}

function readableBytes(flow: PacketFlow, ended: () => void): ByteStreamPair["readable"] {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const packet = await flow.read().catch((thrown) => {
        throw thrown instanceof FlowDownError ? cutShort(flow, thrown) : thrown;
      });
      if (packet.length > 0) return controller.enqueue(packet.slice());
      controller.close();
      // A reader with a buffer of its own waits for its answer.
      controller.byobRequest?.respond(0);
      ended();
    },
    cancel: () => flow.deallocate(),
  }, { highWaterMark: 0 });
}

function writableBytes(flow: PacketFlow, ended: () => void): ByteStreamPair["writable"] {
  return new WritableStream({
    write: (bytes) => writeAll(flow, bytes),
    async close() {
      await flow.write(END);
      ended();
    },
    abort: () => abandon(flow),
  }, { highWaterMark: 1 });
}

/** Writes bytes as packets, as large as the flow carries. @throws what writing throws */
export async function writeAll(flow: PacketFlow, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    // An empty packet would be the end; where nothing can be sent, the flow says so.
    const part = bytes.subarray(at, at + Math.max(1, flow.maxPacket));
    try {
      if (!flow.tryWrite(part)) await flow.write(part);
      at += part.length;
    } catch (thrown) {
      // The path has shrunk while this part waited: smaller ones go.
      if (!(thrown instanceof MessageSizeError) || flow.maxPacket === 0) throw thrown;
    }
  }
}

/** Deallocates the flow now: its other end learns that the stream is not complete. */
export async function abandon(flow: PacketFlow): Promise<void> {
  try {
    await flow.deallocate({ linger: 0 });
  } catch (thrown) {
    // That not all has arrived is what was asked for.
    if (!isLoss(thrown)) throw thrown;
  }
}

function cutShort({ fd, name }: PacketFlow, cause: FlowDownError): FlowDownError {
  return new FlowDownError(
    `flow ${fd} (${name}) went down before the end of the stream: ${cause.message}`,
    { cause },
  );
}
