/**
 * Joins a stream of another network to a reliable flow: what comes in at one goes out at the other, an end of one direction is kept as
 * such, and a slow reader slows the writer at the other side down.
 *
 * @module
 */
import { asOuroError, type OuroError } from "../../contract/errors.ts";
import { abandon, writeAll } from "../../flow/byte_streams.ts";
import type { Flow } from "../../flow/flow.ts";
import { NO_BYTES } from "../../kit/bytes.ts";
import { runtimeError } from "../../os/c/errno.ts";
import type { ByteEnd } from "../../os/streams/stream_sockets.ts";

/** Bytes that are read and written at once. Many connections are idle: a buffer is small until it was full once. */
const CHUNK = 64 * 1024, FIRST_CHUNK = 4096;
/** A packet of more bytes goes out by itself, without a copy. */
const LARGE = 16 * 1024;

/**
 * Carries until both directions have ended, or one has failed; then both the flow and the stream are closed.
 *
 * @param said what the other network has said already, which goes to the flow first
 * @returns why it did not come to its end; undefined when it did
 */
export async function relay(
  end: ByteEnd,
  flow: Flow,
  said: Uint8Array = NO_BYTES,
): Promise<OuroError | undefined> {
  try {
    await Promise.all([toFlow(end, flow, said), fromFlow(end, flow)]);
    await flow.deallocate();
    return undefined;
  } catch (thrown) {
    await abandon(flow);
    return asOuroError(thrown);
  } finally {
    end.close();
  }
}

async function toFlow(end: ByteEnd, flow: Flow, said: Uint8Array): Promise<void> {
  await writeAll(flow, said);
  let buffer = new Uint8Array(FIRST_CHUNK);
  for (;;) {
    const count = await reading(end, buffer);
    // An empty packet is the end of the stream, as in Flow.stream.
    if (count === null) return await flow.write(NO_BYTES);
    await writeAll(flow, buffer.subarray(0, count));
    if (count === buffer.length && count < CHUNK) buffer = new Uint8Array(CHUNK);
  }
}

async function fromFlow(end: ByteEnd, flow: Flow): Promise<void> {
  let buffer = new Uint8Array(0);
  for (let over = false; !over;) {
    let packet: Uint8Array | undefined = await flow.read();
    let filled = 0;
    // Small packets that are there already go out with one call; a packet is valid until the next one is taken.
    while (packet) {
      over = packet.length === 0;
      const large = packet.length > LARGE;
      if (filled > 0 && (large || filled + packet.length > CHUNK)) {
        await writing(end, buffer.subarray(0, filled));
        filled = 0;
      }
      if (filled === 0 && (large || !flow.hasPacket)) await writing(end, packet);
      else {
        if (buffer.length === 0) buffer = new Uint8Array(CHUNK);
        buffer.set(packet, filled);
        filled += packet.length;
      }
      packet = !over && flow.hasPacket ? flow.tryRead() : undefined;
    }
    await writing(end, buffer.subarray(0, filled));
  }
  await end.closeWrite();
}

async function reading(end: ByteEnd, buffer: Uint8Array): Promise<number | null> {
  try {
    return await end.read(buffer);
  } catch (thrown) {
    throw runtimeError(thrown, "the connection was lost");
  }
}

async function writing(end: ByteEnd, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await end.write(bytes.subarray(at));
  } catch (thrown) {
    throw runtimeError(thrown, "the connection was lost");
  }
}
