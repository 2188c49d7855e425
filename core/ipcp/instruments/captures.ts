/**
 * Captures of what an IPCP sends and receives below it (`layer.capture`): records over a data connection, dropped and counted
 * when nobody takes them.
 *
 * @module
 */
import { asOuroError, FlowDownError, IpcpStateError, NotSupportedError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Clock } from "../../contract/ports.ts";
import { joinBytes, NO_BYTES } from "../../kit/bytes.ts";
import { encodeCaptureRecordHeader } from "../../wire/capture/capture_record.ts";
import { type Fields, integer } from "../../wire/local/fields.ts";
import type { Direction } from "../../wire/capture/capture_packet.ts";
import { LINK_TYPES, type LinkType, MAX_SNAP_LENGTH } from "../../wire/capture/pcap.ts";
import type { DataConnections, DataPort } from "../data_connections.ts";
import { readConnectTo } from "../../wire/local/connect_json.ts";
import type { Tap, TapWatcher } from "./tap.ts";

/** What captures are made with. */
export interface CapturesContext {
  /** Name of the IPCP. */
  readonly name: string;
  readonly type: Pick<PluginDeclaration<"ipcp">, "name" | "abilities" | "networks">;
  readonly tap: Tap;
  readonly connections: DataConnections;
  readonly clock: Clock;
}

/** The captures of one IPCP. */
export class Captures {
  readonly #running = new Set<Capture>();
  #over = false;

  constructor(private readonly context: CapturesContext) {}

  /**
   * Begins a capture: connects to the one that captures, then tells it what packets there will be.
   *
   * @throws NotSupportedError when this type has nothing below it
   * @throws IpcpStateError when it has, but not yet
   */
  begin(fields: Fields, reply: Done<unknown>): void {
    const linkType = this.#linkType();
    const snapLength = integer(fields, "snapLength", 1, MAX_SNAP_LENGTH);
    const { connections, tap, clock } = this.context;
    connections.connect(readConnectTo(fields), (outcome) => {
      if (!outcome.ok) return reply(outcome);
      const port = outcome.value;
      if (this.#over) {
        port.close();
        return reply(failure(new FlowDownError("the IPCP has ended")));
      }
      const capture = new Capture(port, snapLength, clock);
      let unwatch: () => void;
      try {
        unwatch = tap.watch(capture);
      } catch (thrown) {
        port.close();
        return reply(failure(asOuroError(thrown)));
      }
      this.#running.add(capture);
      port.onDown(() => {
        unwatch();
        this.#running.delete(capture);
        port.close();
      });
      reply(success({ linkType }));
    });
  }

  /** The IPCP ends: what was captured still goes out. */
  end(): void {
    this.#over = true;
    for (const capture of this.#running) capture.end();
    this.#running.clear();
  }

  #linkType(): LinkType {
    const { name, type, tap } = this.context;
    if (tap.network !== undefined) return tap.network;
    if (type.abilities?.some((ability) => ability === "enrol" || ability === "connect")) {
      return LINK_TYPES.lower;
    }
    if (type.networks === false) {
      throw new NotSupportedError(
        `IPCPs of type ${type.name} have no layer and no network below them: there is nothing to capture`,
      );
    }
    throw new IpcpStateError(`the IPCP "${name}" has no network open yet; bootstrap it first`);
  }
}

/** One capture. */
class Capture implements TapWatcher {
  /** Turns readings of the clock into milliseconds since 1970. */
  readonly #epoch: number;
  #dropped = 0;
  #told = 0;

  constructor(
    private readonly port: DataPort,
    private readonly snapLength: number,
    private readonly clock: Clock,
  ) {
    this.#epoch = clock.wall() - clock.now();
    port.onPacket(() => {});
    // When the reader has caught up, it is told what it has missed, even if no packet follows.
    port.onDrained(0, () => {
      if (this.#dropped > this.#told) this.#send("in", 0, NO_BYTES, NO_BYTES);
    });
  }

  packet(direction: Direction, packet: Uint8Array, header: Uint8Array = NO_BYTES): void {
    const snap = this.snapLength;
    const kept = packet.subarray(0, Math.max(0, snap - header.length));
    this.#send(direction, header.length + packet.length, kept, header.subarray(0, snap));
  }

  /** Nothing more is captured. */
  end(): void {
    this.port.flush(() => this.port.close());
  }

  #send(direction: Direction, length: number, packet: Uint8Array, header: Uint8Array): void {
    const time = this.#epoch + this.clock.now();
    const record = encodeCaptureRecordHeader({ time, length, dropped: this.#dropped, direction });
    if (this.port.send(packet, joinBytes(record, header))) this.#told = this.#dropped;
    else if (length > 0) this.#dropped++;
  }
}
