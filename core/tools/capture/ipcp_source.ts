/**
 * The packets of an IPCP, through the IRMd that it belongs to (docs/local-protocol.md §4).
 *
 * @module
 */
import type { ByteStream } from "../../kit/byte_stream.ts";
import { IrmdError, ProtocolError } from "../../contract/errors.ts";
import { DataListener } from "../../os/unix/data/data_socket.ts";
import { PacketChannel } from "../../flow/channel/packet_channel.ts";
import { PacketPort } from "../../flow/channel/packet_port.ts";
import { systemRandom, systemTimers } from "../../os/clock.ts";
import { decodeCaptureRecord } from "../../wire/capture/capture_record.ts";
import { type Fields, fieldsOf, integer, text } from "../../wire/local/fields.ts";
import { LINK_TYPES, type LinkType } from "../../wire/capture/pcap.ts";
import type { IrmdClient } from "../irmd_client.ts";
import type { CaptureSource, CaptureTaker } from "./source.ts";

/** Milliseconds in which the IRMd, and the IPCP behind it, must answer. */
export const ANSWER_WITHIN = 5000;
const TOKEN_BYTES = 16;

/** The packets of one IPCP. */
export class IpcpSource implements CaptureSource {
  readonly linkType: LinkType;
  readonly #name: string;
  readonly #port: PacketPort;
  #dropped = 0;

  private constructor(name: string, linkType: LinkType, conn: ByteStream) {
    this.#name = name;
    this.linkType = linkType;
    this.#port = new PacketPort(new PacketChannel(conn, { timers: systemTimers }));
  }

  /**
   * Begins a capture.
   *
   * @throws IrmdError when no IRMd answers, PermissionError when it may not be asked, NotFoundError when there is no such IPCP
   */
  static async open(irmd: IrmdClient, name: string, snapLength: number): Promise<IpcpSource> {
    const own = fieldsOf(await irmd.hello(ANSWER_WITHIN), "the answer to hello");
    const listener = DataListener.open(text(own, "data"), systemTimers);
    try {
      const token = systemRandom.bytes(TOKEN_BYTES).toHex();
      const { connection } = listener.expect(token);
      const answer = await irmd.call("ipcp.capture", { name, token, snapLength }, ANSWER_WITHIN);
      const linkType = linkTypeIn(fieldsOf(answer, "the answer to ipcp.capture"));
      return new IpcpSource(name, linkType, await connection);
    } finally {
      listener.close();
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
