/**
 * Both ends of a flow without an IRMd, for tests: data connections in memory, the machine's timers.
 *
 * @module
 */
import type { PacketCipher } from "../contract/cipher.ts";
import { fd, flowId } from "../contract/ids.ts";
import type { Clock, Random, Timers } from "../contract/ports.ts";
import type { QosSpec } from "../contract/qos.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import { systemClock, systemRandom, systemTimers } from "../os/clock.ts";
import { PacketChannel } from "../flow/channel/packet_channel.ts";
import { type Flow, makeFlow } from "../flow/flow.ts";
import { makeChannel } from "../flow/channel/make_channel.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { streamPair, type TestingStream } from "./stream.ts";

const PORTS = { clock: systemClock, timers: systemTimers, random: systemRandom };

/** What a {@link TestingFlows} is made with. */
export interface TestingFlowsOptions {
  /** Quality of the flow. */
  readonly qos: QosSpec;
  /** Largest packet of the layer, in bytes; left out: 1000. */
  readonly maxPacket?: number;
  /** Bytes that a data connection holds; left out: 64 KiB. */
  readonly capacity?: number;
  /** Makes the ciphers of the two ends. */
  readonly cipher?: (role: "client" | "server") => PacketCipher;
}

/** One end of a flow in virtual time. */
export interface VirtualEnd {
  readonly flow: Flow;
  /** Its data connection. */
  readonly below: PacketChannel;
  /** The other end of that. */
  readonly far: TestingStream;
  readonly time: Scheduler;
}

/** Makes one end of a flow in virtual time; its largest packet has 2000 bytes. */
export function virtualEnd(qos: QosSpec, cipher?: PacketCipher): VirtualEnd {
  const time = new Scheduler();
  const [near, far] = streamPair();
  const ports = { clock: time, timers: time, random: new SeededRandom(1) };
  return { ...endOver(near, { qos, maxPacket: 2000, cipher, ports, at: 0 }), far, time };
}

/** What {@link endOver} makes an end of. */
interface EndParts {
  readonly qos: QosSpec;
  readonly maxPacket: number;
  readonly cipher: PacketCipher | undefined;
  readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly random: Random };
  /** Which end it is. */
  readonly at: number;
}

function endOver(stream: TestingStream, { qos, maxPacket, cipher, ports, at }: EndParts) {
  const info = {
    id: flowId(0),
    name: "name",
    qos,
    mpl: 100,
    maxPacket,
    data: new Uint8Array(0),
    security: { cipher: undefined, peer: undefined },
    ends: "two" as const,
  };
  const { timers } = ports;
  const below = new PacketChannel(stream, { timers, maxPacket });
  const channel = makeChannel(below, info, cipher, ports);
  return {
    below,
    flow: makeFlow({ fd: fd(64 + at), info, channel, timers, release: () => Promise.resolve() }),
  };
}

/** Two ends of a flow. */
export class TestingFlows implements AsyncDisposable {
  /** The end that allocated. */
  readonly here: Flow;
  /** The end that accepted. */
  readonly there: Flow;
  readonly #channels: readonly PacketChannel[];

  /** Makes both. */
  constructor({ qos, maxPacket = 1000, capacity, cipher }: TestingFlowsOptions) {
    const streams = streamPair(capacity);
    const [here, there] = (["client", "server"] as const).map((role, at) =>
      endOver(streams[at], { qos, maxPacket, cipher: cipher?.(role), ports: PORTS, at })
    );
    this.here = here.flow;
    this.there = there.flow;
    this.#channels = [here.below, there.below];
  }

  /** The layer carries packets of at most so many bytes from now on; both ends hear of it. */
  limit(maxPacket: number): void {
    for (const channel of this.#channels) channel.limit(maxPacket);
  }

  /** Ends both, whatever they have to say. */
  async [Symbol.asyncDispose](): Promise<void> {
    const flows = [this.here, this.there];
    await Promise.allSettled(flows.map((flow) => flow.deallocate({ linger: 0 })));
    await Promise.allSettled(flows.map((flow) => flow.released));
  }
}
