/**
 * The packets of an IPCP, through the IRMd that it belongs to (docs/local-protocol.md §4).
 *
 * @module
 */
import { asOuroError, IrmdError, PermissionError, ProtocolError } from "../../contract/errors.ts";
import { DataListener } from "../../os/unix/data_socket.ts";
import { PacketChannel } from "../../flow/channel/packet_channel.ts";
import { PacketPort } from "../../flow/channel/packet_port.ts";
import { systemRandom, systemTimers } from "../../os/clock.ts";
import { ControlConnection } from "../../os/unix/control_connection.ts";
import { decodeCaptureRecord } from "../../wire/capture/capture_record.ts";
import { type Fields, fieldsOf, integer, text } from "../../wire/local/fields.ts";
import { PROTOCOL_VERSION } from "../../wire/local/local_protocol.ts";
import { LINK_TYPES, type LinkType } from "../../wire/capture/pcap.ts";
import type { CaptureSource, CaptureTaker } from "./source.ts";

/** Milliseconds in which the IRMd, and the IPCP behind it, must answer. */
const ANSWER_WITHIN = 5000;
const TOKEN_BYTES = 16;

/** The packets of one IPCP. */
export class IpcpSource implements CaptureSource {
  readonly linkType: LinkType;
  readonly #name: string;
  readonly #control: ControlConnection;
  readonly #port: PacketPort;
  #dropped = 0;

  private constructor(name: string, linkType: LinkType, control: ControlConnection, conn: Deno.UnixConn) {
    this.#name = name;
    this.linkType = linkType;
    this.#control = control;
    this.#port = new PacketPort(new PacketChannel(conn, { timers: systemTimers }));
  }

  /**
   * Begins a capture.
   *
   * @param socket the IRMd's socket for commands
   * @throws IrmdError when no IRMd answers, PermissionError when it may not be asked, NotFoundError when there is no such IPCP
   */
  static async open(socket: string, name: string, snapLength: number): Promise<IpcpSource> {
    const control = await connect(socket);
    try {
      const hello = { protocol: PROTOCOL_VERSION, program: "capture", role: "tool" };
      const own = fieldsOf(await control.call("hello", hello, ANSWER_WITHIN), "the answer to hello");
      const listener = DataListener.open(text(own, "data"), systemTimers);
      try {
        const token = systemRandom.bytes(TOKEN_BYTES).toHex();
        const { connection } = listener.expect(token);
        const answer = await control.call("ipcp.capture", { name, token, snapLength }, ANSWER_WITHIN);
        const linkType = linkTypeIn(fieldsOf(answer, "the answer to ipcp.capture"));
        return new IpcpSource(name, linkType, control, await connection);
      } finally {
        listener.close();
      }
    } catch (thrown) {
      control.close();
      throw thrown;
    }
  }

  get dropped(): number {
    return this.#dropped;
  }

  start({ packet, ended }: CaptureTaker): void {
    this.#port.onPacket((bytes) => {
      const record = decodeCaptureRecord(bytes);
      this.#dropped = record.dropped;
      if (record.length > 0) packet(record);
    });
    this.#port.onDown(() => ended(new IrmdError(`the IPCP "${this.#name}" has ended`)));
  }

  pause(): void {
    this.#port.pause();
  }

  resume(): void {
    this.#port.resume();
  }

  close(): void {
    this.#port.close();
    this.#control.close();
  }
}

function linkTypeIn(fields: Fields): LinkType {
  const number = integer(fields, "linkType", 0, 0xffff);
  const linkType = Object.values(LINK_TYPES).find((known) => known === number);
  if (linkType === undefined) {
    throw new ProtocolError(`the IPCP has packets of the unknown link type ${number}`);
  }
  return linkType;
}

async function connect(socket: string): Promise<ControlConnection> {
  try {
    return await ControlConnection.connect(socket, {
      request: (method) => {
        throw new ProtocolError(`a tool does not answer ${method}`);
      },
      notification: () => {},
    }, () => {});
  } catch (thrown) {
    if (thrown instanceof IrmdError && thrown.cause instanceof Deno.errors.PermissionDenied) {
      throw new PermissionError(
        `this user may not capture what IPCPs send: be root, or a member of the group "ouroboros" (${socket})`,
        { cause: thrown },
      );
    }
    throw asOuroError(thrown);
  }
}
