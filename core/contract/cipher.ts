/**
 * Encryption of one flow, packet by packet. A core: it holds no promise and draws randomness from its port.
 *
 * @module
 */

/** Counts of one {@link PacketCipher}. */
export interface CipherCounts {
  /** PDUs that were sealed. */
  readonly sealed: number;
  /** PDUs that were opened. */
  readonly opened: number;
  /** PDUs that are shorter than their nonce and tag. */
  readonly short: number;
  /** PDUs that no key of the flow opens: forged, damaged, or of another flow. */
  readonly undecryptable: number;
  /** PDUs whose nonce has been seen before, or is an own one that came back. */
  readonly repeated: number;
  /** How often the key was changed. */
  readonly rotations: number;
}

/**
 * Seals what one end of a flow sends and opens what it receives. An empty packet (a keep-alive) never comes here: it stays
 * empty. A checksum goes over the sealed bytes, and is not the cipher's.
 */
export interface PacketCipher {
  /** How many bytes a sealed PDU has more than what is in it. */
  readonly overhead: number;
  /**
   * Writes `header` and `packet` as one sealed PDU to the beginning of `out`, with a nonce of its own. Sealing the same
   * packet again (a retransmission) is safe.
   *
   * @param header the PCI, or nothing
   * @param packet what the application sends; neither it nor the header may overlap `out`
   * @param out room for {@link overhead}, header and packet at least
   * @returns the length of the PDU
   * @throws CryptError when the cipher is closed
   * @throws MessageSizeError when `out` is too small
   */
  seal(header: Uint8Array, packet: Uint8Array, out: Uint8Array): number;
  /**
   * What is in a PDU: header and packet. Valid until the next call of `open`.
   *
   * @returns undefined when it is not to be accepted: too short, forged, damaged, repeated, or the cipher is closed. It has
   * been counted; the PDU is dropped
   */
  open(pdu: Uint8Array): Uint8Array | undefined;
  /** What it has counted. */
  counts(): CipherCounts;
  /** Wipes the keys; harmless when called again. */
  close(): void;
}
