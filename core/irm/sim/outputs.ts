/**
 * What `ouro sim` writes besides its tables: packets as lines and as a capture, the picture, the page.
 *
 * @module
 */
import type { PacketFormats } from "../../contract/formats.ts";
import { PendingFile } from "../../os/pending_file.ts";
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

/**
 * The files of a run, begun at its start, so that a path that cannot be written is told at once. They have their names when they are
 * whole: a run that fails leaves none.
 */
export class Outputs {
  /** Sees packets; undefined: nobody wants to. */
  readonly onPacket: ((packet: SeenPacket) => void) | undefined;
  readonly #pcap: Capture | undefined;
  readonly #pages: readonly Page[];

  private constructor(
    onPacket: Outputs["onPacket"],
    pcap: Capture | undefined,
    pages: readonly Page[],
  ) {
    this.onPacket = onPacket;
    this.#pcap = pcap;
    this.#pages = pages;
  }

  /** Whether there are files that {@link discard} would remove. */
  get some(): boolean {
    return this.#pcap !== undefined || this.#pages.length > 0;
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
    const pages: Page[] = [];
    try {
      for (const [kind, path] of [["svg", svg], ["html", html]] as const) {
        if (path !== undefined) pages.push({ kind, file: await PendingFile.create(path) });
      }
      const pcap = path === undefined ? undefined : captureInto(await PendingFile.create(path), path);
      if (!pcap && !line) return new Outputs(undefined, undefined, pages);
      const log = new PacketLog(hosts, line ? await formats() : []);
      const onPacket = (seen: SeenPacket) => {
        line?.(log.line(seen));
        pcap?.sink.packet(log.captured(seen));
      };
      return new Outputs(onPacket, pcap, pages);
    } catch (thrown) {
      for (const { file } of pages) await file.discard();
      throw thrown;
    }
  }

  /** Resolves when there is room for more packets. */
  async room(): Promise<void> {
    const sink = this.#pcap?.sink;
    if (!sink?.full) return;
    await new Promise<void>((done) => {
      sink.onRoom(done);
      sink.onClosed(() => done()); // Its fault is told at the end.
    });
  }

  /** Writes what is left. @throws OuroError when it cannot be written */
  async finish(play: Play): Promise<PlayFindings> {
    const found = findingsOf(play);
    await this.#pcap?.sink.finish();
    await this.#pcap?.file.keep();
    for (const { file, kind } of this.#pages) {
      const text = kind === "svg" ? svgOf(play.scenario, play.links) : htmlOf(play, found);
      await file.writeText(`${text}\n`);
      await file.keep();
    }
    return found;
  }

  /** Removes what is not whole: the run is over, however it has ended. */
  async discard(): Promise<void> {
    for (const { file } of this.#pages) await file.discard();
    if (!this.#pcap) return;
    // Its fault was the end of the run, or something else was before.
    await this.#pcap.sink.finish().catch(() => undefined);
    await this.#pcap.file.discard();
  }
}

/** A capture, and its file. */
interface Capture {
  readonly sink: PcapSink;
  readonly file: PendingFile;
}

/** A page that is written at the end. */
interface Page {
  readonly kind: "svg" | "html";
  readonly file: PendingFile;
}

const captureInto = (file: PendingFile, path: string): Capture => ({
  file,
  sink: new PcapSink(file, path, LINK_TYPES.lower, MAX_SNAP_LENGTH),
});
