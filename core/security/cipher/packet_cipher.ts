/**
 * Encryption of one flow: nonce, ciphertext and tag, with keys that change. The bytes are those of the reference; nonces count
 * where the reference draws them, and keys change by what packets say, not by counting alone.
 *
 * @module
 */
import type { CipherCounts, PacketCipher } from "../../contract/cipher.ts";
import { CryptError, InvalidError, MessageSizeError } from "../../contract/errors.ts";
import type { Random } from "../../contract/ports.ts";
import type { FlowKey } from "../../contract/security.ts";
import { type Cipher, CIPHERS, named } from "../algorithms.ts";
import type { CipherBackend, CipherKey } from "./cipher_backend.ts";
import { counterOf, CounterWindow, hasPrefix, NonceCounter, noncePrefix } from "./counted_nonces.ts";
import { KeyChain } from "./key_chain.ts";
import { SeenNonces } from "./seen_nonces.ts";
import { NO_BYTES } from "../../kit/bytes.ts";

/** After how many packets of both directions keys change. */
export interface RotationLimits {
  /** The reference changes keys about as often as this; half as many packets later the key before is forgotten. */
  readonly period: number;
  /** A flow between two ends of ours changes them as often as this. */
  readonly own: number;
  /** The longest life of a key, whoever is at the other end: counters of nonces have 32 bits. */
  readonly most: number;
}

const LIMITS: RotationLimits = { period: 2 ** 20, own: 2 ** 22, most: 2 ** 31 };
const KEY_BYTES = 32;
/** One end of an encrypted flow. */
export class FlowCipher implements PacketCipher {
  readonly overhead: number;
  readonly #cipher: Cipher;
  readonly #keys: KeyChain;
  readonly #nonces: NonceCounter;
  readonly #own: Uint8Array;
  readonly #peer: Uint8Array;
  readonly #window = new CounterWindow();
  readonly #seen = new SeenNonces();
  /** A packet has come with a nonce as only we make them. */
  #peerIsOurs = false;
  /** A packet has come under the current key; without tags nobody can tell. */
  #confirmed = false;
  /** Packets sent and received since the key changed. */
  #age = 0;
  /** Where the last packet was sealed: making a view takes as long as copying the packet. */
  #out: Uint8Array = NO_BYTES;
  #pdu: Uint8Array = NO_BYTES;
  #closed = false;
  readonly #counts = { sealed: 0, opened: 0, short: 0, undecryptable: 0, repeated: 0 };

  /**
   * @param flowKey its bytes are copied: wipe them afterwards
   * @throws InvalidError when the key has not 32 bytes
   */
  constructor(
    { cipher, key, role }: FlowKey,
    random: Random,
    backend: CipherBackend,
    private readonly limits: RotationLimits = LIMITS,
  ) {
    if (key.length !== KEY_BYTES) {
      throw new InvalidError(`the key of a flow has ${KEY_BYTES} bytes; this one has ${key.length}`);
    }
    this.#cipher = named(CIPHERS, cipher);
    this.overhead = this.#cipher.nonceBytes + this.#cipher.tagBytes;
    this.#own = noncePrefix(key, role);
    this.#peer = noncePrefix(key, role === "client" ? "server" : "client");
    this.#nonces = new NonceCounter(this.#own, random);
    this.#keys = new KeyChain(this.#cipher, key, backend);
  }

  seal(header: Uint8Array, packet: Uint8Array, out: Uint8Array): number {
    if (this.#closed) throw new CryptError("the flow's cipher is closed");
    const { nonceBytes } = this.#cipher;
    const total = this.overhead + header.length + packet.length;
    if (out.length < total) {
      throw new MessageSizeError(`a sealed packet has ${total} bytes; there is room for ${out.length}`);
    }
    if (out !== this.#out || this.#pdu.length !== total) {
      this.#out = out;
      this.#pdu = out.subarray(0, total);
    }
    const pdu = this.#pdu;
    this.#nonces.write(pdu, nonceBytes, this.#phase);
    if (header.length === 0) this.#keys.current.seal(pdu, packet);
    else {
      for (let at = 0; at < header.length; at++) pdu[nonceBytes + at] = header[at];
      pdu.set(packet, nonceBytes + header.length);
      this.#keys.current.seal(pdu);
    }
    this.#counts.sealed++;
    this.#grow();
    if (this.#due()) this.#rotate();
    return total;
  }

  open(pdu: Uint8Array): Uint8Array | undefined {
    if (this.#closed) return undefined;
    if (pdu.length < this.overhead) {
      this.#counts.short++;
      return undefined;
    }
    return this.#cipher.tagBytes === 0 ? this.#openUnauthenticated(pdu) : this.#openAuthenticated(pdu);
  }

  counts(): CipherCounts {
    return { ...this.#counts, rotations: this.#keys.rotations };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keys.close();
    this.#own.fill(0);
    this.#peer.fill(0);
  }

  get #phase(): number {
    return this.#keys.rotations & 1;
  }

  #openAuthenticated(pdu: Uint8Array): Uint8Array | undefined {
    const ours = hasPrefix(pdu, this.#peer);
    const counter = counterOf(pdu);
    if (ours ? this.#window.has(counter) : hasPrefix(pdu, this.#own) || this.#seen.has(pdu)) {
      this.#counts.repeated++;
      return undefined;
    }
    const content = this.#tryKeys(pdu);
    if (!content) {
      this.#counts.undecryptable++;
      return undefined;
    }
    if (ours) this.#window.add(counter);
    else this.#seen.add(pdu);
    this.#peerIsOurs = ours;
    this.#counts.opened++;
    this.#grow();
    return content;
  }

  /**
   * The phase of a packet says only which key to try first: the reference may flip it a packet early, and does not tell when
   * it changes keys.
   */
  #tryKeys(pdu: Uint8Array): Uint8Array | undefined {
    const keys = this.#keys;
    const samePhase = pdu[0] >> 7 === this.#phase;
    if (samePhase) {
      const content = this.#tryCurrent(pdu);
      if (content) return content;
    }
    const before = keys.previous?.open(pdu);
    if (before) return before;
    const after = keys.next.open(pdu);
    if (after) {
      this.#rotate();
      this.#confirmed = true;
      return after;
    }
    return samePhase ? undefined : this.#tryCurrent(pdu);
  }

  #tryCurrent(pdu: Uint8Array): Uint8Array | undefined {
    const content = this.#keys.current.open(pdu);
    if (content) this.#confirmed = true;
    return content;
  }

  /** Without a tag there is only the phase: late in the life of a key the other one is the next, early the previous. */
  #openUnauthenticated(pdu: Uint8Array): Uint8Array | undefined {
    let key: CipherKey = this.#keys.current;
    if (pdu[0] >> 7 !== this.#phase) {
      if (this.#age >= this.limits.period / 2) {
        this.#rotate();
        key = this.#keys.current;
      } else key = this.#keys.previous ?? key;
    }
    const content = key.open(pdu);
    this.#counts.opened++;
    this.#grow();
    return content;
  }

  /** One more packet under the current key. The key before is kept until the other end is known to have the current one. */
  #grow(): void {
    this.#age++;
    if (this.#confirmed && this.#age >= this.limits.period / 2) this.#keys.forgetPrevious();
  }

  /**
   * Is it time for the next key? Only who sends may change it, for the other end learns it from a packet; and never towards a
   * reference, which counts for itself and would change it twice.
   */
  #due(): boolean {
    const { own, most } = this.limits;
    return this.#age >= most || (this.#age >= own && this.#peerIsOurs && this.#confirmed);
  }

  #rotate(): void {
    this.#keys.advance();
    this.#age = 0;
    this.#confirmed = this.#cipher.tagBytes === 0;
  }
}
