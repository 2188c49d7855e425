/**
 * Both ends of a flow without an IRMd, for tests: data connections in memory, the machine's timers.
 *
 * @module
 */
import type { PacketCipher } from "../contract/cipher.ts";
import { fd, flowId } from "../contract/ids.ts";
import type { QosSpec } from "../contract/qos.ts";
import { systemClock, systemRandom, systemTimers } from "../os/clock.ts";
import { PacketChannel } from "../flow/channel/packet_channel.ts";
import { type Flow, makeFlow } from "../flow/flow.ts";
import { makeChannel } from "../flow/channel/make_channel.ts";
import { streamPair } from "./stream.ts";

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

/** Two ends of a flow. */
export class TestingFlows implements AsyncDisposable {
  /** The end that allocated. */
  readonly here: Flow;
  /** The end that accepted. */
  readonly there: Flow;
  readonly #channels: readonly PacketChannel[];

  /** Makes both. */
  constructor({ qos, maxPacket = 1000, capacity, cipher }: TestingFlowsOptions) {
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
    this.#channels = streamPair(capacity).map((stream) =>
      new PacketChannel(stream, { timers: systemTimers, maxPacket })
    );
    const [here, there] = (["client", "server"] as const).map((role, at) =>
      makeFlow({
        fd: fd(64 + at),
        info,
        channel: makeChannel(this.#channels[at], info, cipher?.(role), PORTS),
        timers: systemTimers,
        release: () => Promise.resolve(),
      })
    );
    this.here = here;
    this.there = there;
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
