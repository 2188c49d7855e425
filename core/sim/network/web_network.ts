/**
 * A network of WebSockets in virtual time: hosts that dial and listen, connections that break, are mute or slow.
 *
 * @module
 */
import { ExistsError, FlowDownError } from "../../contract/errors.ts";
import type { MessageDoor, MessageSocket, WebSockets } from "../../contract/network.ts";
import { failure, success } from "../../contract/outcome.ts";
import type { Clock, Timers } from "../../contract/ports.ts";
import { joinBytes } from "../../kit/bytes.ts";

/** Milliseconds from one end to the other. */
const DELAY = 1;
/** Bytes that wait in a socket at most. */
const LIMIT = 512 * 1024;

/** What a socket asks its network. */
interface Path {
  readonly time: Clock & Timers;
  readonly mute: boolean;
  readonly stalled: boolean;
  ended(socket: SimulatedSocket): void;
}

/** One end of a connection. */
export class SimulatedSocket implements MessageSocket {
  queued = 0;
  /** The other end. */
  peer: SimulatedSocket | undefined;
  #waiting: Uint8Array[] = [];
  #receive: (message: Uint8Array) => void = () => {};
  #sent: () => void = () => {};
  #ended: (reason: string) => void = () => {};
  #over = false;

  constructor(readonly remote: string, private readonly path: Path) {}

  send(packet: Uint8Array, header: Uint8Array): boolean {
    const message = joinBytes(header, packet);
    if (this.#over || this.queued + message.length > LIMIT) return false;
    this.#waiting.push(message);
    this.queued += message.length;
    if (!this.path.stalled) this.flush();
    return true;
  }

  onMessage(receive: (message: Uint8Array) => void): void {
    this.#receive = receive;
  }
  onSent(sent: () => void): void {
    this.#sent = sent;
  }
  onEnd(ended: (reason: string) => void): void {
    this.#ended = ended;
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.path.ended(this);
    if (!this.path.mute) this.path.time.after(DELAY, () => this.peer?.end("the other end has closed it"));
  }

  /** What waits goes out. */
  flush(): void {
    const waited = this.#waiting.splice(0);
    this.queued = 0;
    for (const message of waited) {
      if (!this.path.mute) this.path.time.after(DELAY, () => this.peer?.receive(message));
    }
    if (waited.length > 0) this.path.time.after(0, () => this.#over || this.#sent());
  }

  /** A message is there. */
  receive(message: Uint8Array): void {
    if (!this.#over) this.#receive(message);
  }

  /** The connection has ended. */
  end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.path.ended(this);
    this.#ended(reason);
  }
}

/**
 * A network.
 *
 * @example
 * ```ts
 * import { WebNetwork } from "./web_network.ts";
 * import { VirtualTime } from "../virtual_time.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime(), net = new WebNetwork(time), messages: string[] = [];
 * net.host("10.0.0.1").listen({ address: "10.0.0.1", port: 80, path: "/", largest: 100 }, (socket) =>
 *   socket.onMessage((message) => messages.push(message.toHex())));
 * net.host("10.0.0.2").dial({ url: new URL("ws://10.0.0.1/"), largest: 100 }, (outcome) =>
 *   outcome.ok && outcome.value.send(Uint8Array.of(2), Uint8Array.of(1)));
 * time.advance(10);
 * assert.deepEqual(messages, ["0102"]);
 * ```
 */
export class WebNetwork implements Path {
  /** What is sent is lost without a word, in both directions. */
  mute = false;
  readonly #doors = new Map<string, (socket: MessageSocket) => void>();
  readonly #sockets = new Set<SimulatedSocket>();
  #stalled = false;

  constructor(readonly time: Clock & Timers) {}

  /** What is sent waits. */
  get stalled(): boolean {
    return this.#stalled;
  }
  set stalled(stalled: boolean) {
    this.#stalled = stalled;
    if (!stalled) { for (const socket of this.#sockets) socket.flush(); }
  }

  /** Breaks all connections, as both ends see at once. */
  cut(): void {
    for (const socket of [...this.#sockets]) socket.end("the connection was reset");
  }

  /** Returns the WebSockets of a host. */
  host(address: string): WebSockets {
    return {
      dial: ({ url }, done) => {
        const wanted = this.time.after(2 * DELAY, () => {
          const door = this.#doors.get(`${url.hostname}:${url.port || 80}`);
          if (!door || this.mute) return done(failure(new FlowDownError(`${url.host} does not answer`)));
          const [near, far] = [new SimulatedSocket(url.host, this), new SimulatedSocket(address, this)];
          near.peer = far;
          far.peer = near;
          for (const end of [near, far]) this.#sockets.add(end);
          door(far);
          done(success(near));
        });
        return () => wanted.cancel();
      },
      listen: ({ address, port }, accept): MessageDoor => {
        const at = `${address}:${port}`;
        if (this.#doors.has(at)) throw new ExistsError(`somebody listens at ${at} already`);
        this.#doors.set(at, accept);
        return { port, close: () => void this.#doors.delete(at) };
      },
    };
  }

  ended(socket: SimulatedSocket): void {
    this.#sockets.delete(socket);
  }
}
