/**
 * The data connections of an IPCP process: its own data socket for processes above that connect, and connections to
 * theirs.
 *
 * @module
 */
import { FlowDownError } from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import type { Timers } from "../../contract/ports.ts";
import { PacketChannel } from "../../flow/channel/packet_channel.ts";
import { connectData, DataListener } from "../../os/unix/data/data_socket.ts";
import { PacketPort } from "../../flow/channel/packet_port.ts";
import { helloFrame } from "../../wire/local/data_frames.ts";
import type { TurnedAway } from "../../wire/local/turned_away.ts";
import type { DataConnections } from "../data_connections.ts";

/** {@link DataConnections} over Unix sockets. It listens once somebody is expected: layers that splice flows never do. */
export class DataServer implements DataConnections {
  #listener: DataListener | undefined;

  /**
   * @param path where this process listens, from the answer to `hello`
   * @param turnedAway told whose connections came to nothing
   */
  constructor(
    private readonly path: string,
    private readonly timers: Timers,
    private readonly turnedAway?: (all: readonly TurnedAway[]) => void,
  ) {}

  readonly expect: DataConnections["expect"] = (token, connected) => {
    const expectation = this.listener().expect(token);
    expectation.connection.then(
      (conn) => connected(new PacketPort(new PacketChannel(conn, { timers: this.timers }))),
      () => undefined, // Nobody is expected any more: the flow is gone or spliced.
    );
    return () => expectation.cancel(new FlowDownError("the flow is gone"));
  };

  readonly connect: DataConnections["connect"] = ({ path, token, uid }, done) => {
    connectData(path, uid).then(
      (conn) => {
        const channel = new PacketChannel(conn, { timers: this.timers, hello: helloFrame(token) });
        done(success(new PacketPort(channel)));
      },
      (cause) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        done(failure(new FlowDownError(`cannot connect to ${path} (${why})`, { cause })));
      },
    );
  };

  /** The data socket of this process. @throws IrmdError when it cannot listen */
  readonly listener = (): DataListener => {
    return this.#listener ??= DataListener.open(this.path, this.timers, undefined, this.turnedAway);
  };

  /** Stops listening. */
  close(): void {
    this.#listener?.close();
  }
}
