/**
 * What the flow protocol needs of encryption.
 *
 * @module
 */

/** Encrypts and decrypts the packets of one flow, both ways. */
export interface PacketCipher {
  /** Bytes that a packet grows by at most. */
  readonly overhead: number;
  /**
   * Encrypts `plain` to the beginning of `out`, which has room for it and {@link overhead} and does not overlap with it.
   *
   * @returns bytes written
   */
  seal(plain: Uint8Array, out: Uint8Array): number;
  /**
   * Decrypts `sealed`, of any bytes and length, to the beginning of `out`, which has room for as many.
   *
   * @returns bytes written; −1 when it was not sealed by the other end of this flow
   */
  open(sealed: Uint8Array, out: Uint8Array): number;
}
