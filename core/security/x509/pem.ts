/**
 * PEM (RFC 7468): DER in base64 between lines.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";

/** One block. */
export interface PemBlock {
  /** What stands behind `BEGIN`: `CERTIFICATE`, `PRIVATE KEY`, … */
  readonly label: string;
  readonly der: Uint8Array<ArrayBuffer>;
}

/**
 * Reads all blocks of a text; what stands between them is skipped.
 *
 * @throws ProtocolError for a block that does not end, or is not base64
 *
 * @example
 * ```ts
 * import { pemBlocks, pem } from "./pem.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(pemBlocks("text\n" + pem("X", Uint8Array.of(1))), [{ label: "X", der: Uint8Array.of(1) }]);
 * ```
 */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const { 0: begin, 1: label, index } of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)) {
    // Up to the next block: the end of another one is not its own.
    const [inside] = text.slice(index + begin.length).split("-----BEGIN ", 1);
    const end = inside.indexOf(`-----END ${label}-----`);
    if (end < 0) throw new ProtocolError(`the PEM block ${label} has no end`);
    const body = inside.slice(0, end).replace(/\s+/g, "");
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = Uint8Array.fromBase64(body);
    } catch (cause) {
      throw new ProtocolError(`the PEM block ${label} is not base64`, { cause });
    }
    blocks.push({ label, der: bytes });
  }
  return blocks;
}

/** Returns DER as a PEM block. */
export function pem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().replace(/(.{64})/g, "$1\n").trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
