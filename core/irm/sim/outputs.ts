/**
 * What `ouro sim` writes besides its tables: packets as lines and as a capture, the picture, the page.
 *
 * @module
 */
import type { PacketFormats } from "../../contract/formats.ts";
import { runtimeError } from "../../os/c/errno.ts";
import { createFile } from "../../os/files.ts";
import { findingsOf, type PlayFindings } from "../../sim/play/findings.ts";
import { PacketLog } from "../../sim/play/packet_log.ts";
import type { Play, SeenPacket } from "../../sim/play/play.ts";
import { htmlOf } from "../../sim/picture/html.ts";
import { svgOf } from "../../sim/picture/svg.ts";
import { PcapSink } from "../../tools/capture/pcap_sink.ts";
import { LINK_TYPES, MAX_SNAP_LENGTH } from "../../wire/capture/pcap.ts";

/** Where to write. */
export interface OutputPaths {
  readonly pcap?: string;
  readonly svg?: string;
  readonly html?: string;
}

/** The files of a run, open from its start, so that a path that cannot be written is told at once. */
export class Outputs {
  /** Sees packets; undefined: nobody wants to. */
  readonly onPacket: ((packet: SeenPacket) => void) | undefined;
  readonly #pcap: PcapSink | undefined;
  readonly #pages: readonly {
    readonly path: string;
    readonly file: Deno.FsFile;
    readonly kind: "svg" | "html";
  }[];

  private constructor(
    onPacket: Outputs["onPacket"],
    pcap: PcapSink | undefined,
    pages: { path: string; file: Deno.FsFile; kind: "svg" | "html" }[],
  ) {
    this.onPacket = onPacket;
    this.#pcap = pcap;
    this.#pages = pages;
  }

  /**
   * Opens the files.
   *
   * @param hosts names
   * @param formats what plugins tell of their packets
   * @param line takes a line for each packet, where lines are wanted
   * @throws OuroError when a file cannot be written
   */
  static async open(
    { pcap: path, svg, html }: OutputPaths,
    hosts: readonly string[],
    formats: () => Promise<readonly PacketFormats[]>,
    line: ((text: string) => void) | undefined,
  ): Promise<Outputs> {
    const pages = [];
    for (const [kind, path] of [["svg", svg], ["html", html]] as const) {
      if (path !== undefined) pages.push({ path, kind, file: await open(path) });
    }
    const pcap = path === undefined
      ? undefined
      : new PcapSink(await open(path), path, LINK_TYPES.lower, MAX_SNAP_LENGTH);
    if (!pcap && !line) return new Outputs(undefined, undefined, pages);
    const log = new PacketLog(hosts, line ? await formats() : []);
    const onPacket = (seen: SeenPacket) => {
      line?.(log.line(seen));
      pcap?.packet(log.captured(seen));
    };
    return new Outputs(onPacket, pcap, pages);
  }

  /** Resolves when there is room for more packets. */
  async room(): Promise<void> {
    const pcap = this.#pcap;
    if (!pcap?.full) return;
    await new Promise<void>((done) => {
      pcap.onRoom(done);
      pcap.onClosed(() => done()); // Its fault is told at the end.
    });
  }

  /** Writes what is left. @throws OuroError when it cannot be written */
  async finish(play: Play): Promise<PlayFindings> {
    const found = findingsOf(play);
    await this.#pcap?.finish();
    for (const { path, file, kind } of this.#pages) {
      const text = kind === "svg" ? svgOf(play.scenario, play.links) : htmlOf(play, found);
      try {
        await writeAll(file, new TextEncoder().encode(`${text}\n`));
      } catch (thrown) {
        throw runtimeError(thrown, `cannot write ${path}`);
      } finally {
        file.close();
      }
    }
    return found;
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await createFile(path);
  } catch (thrown) {
    throw runtimeError(thrown, `cannot write ${path}`);
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
