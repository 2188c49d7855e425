/**
 * Encryption of packets by the system's `libcrypto` (OpenSSL 3) through FFI, opened on first use. One context a key and
 * direction is kept, so that a packet costs four calls and no allocation there.
 *
 * @module
 */
import { CryptError } from "../../contract/errors.ts";
import type { CipherName } from "../../contract/security.ts";
import type { Cipher } from "../../security/algorithms.ts";
import { type CipherBackend, type CipherKey, Scratch } from "../../security/cipher/cipher_backend.ts";

const INIT = { parameters: ["pointer", "pointer", "pointer", "buffer", "buffer"], result: "i32" } as const;
const UPDATE = { parameters: ["pointer", "buffer", "buffer", "buffer", "i32"], result: "i32" } as const;
const FINAL = { parameters: ["pointer", "buffer", "buffer"], result: "i32" } as const;

const SYMBOLS = {
  EVP_get_cipherbyname: { parameters: ["buffer"], result: "pointer" },
  EVP_CIPHER_CTX_new: { parameters: [], result: "pointer" },
  EVP_CIPHER_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_CIPHER_CTX_ctrl: { parameters: ["pointer", "i32", "i32", "buffer"], result: "i32" },
  EVP_EncryptInit_ex: INIT,
  EVP_EncryptUpdate: UPDATE,
  EVP_EncryptFinal_ex: FINAL,
  EVP_DecryptInit_ex: INIT,
  EVP_DecryptUpdate: UPDATE,
  EVP_DecryptFinal_ex: FINAL,
} as const satisfies Deno.ForeignLibraryInterface;

type Calls = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const LIBRARY = "libcrypto.so.3";
const GET_TAG = 16, SET_TAG = 17;

/** What the library calls the ciphers. */
const NAMES: Readonly<Record<CipherName, string>> = {
  "aes-128-ctr": "AES-128-CTR",
  "aes-192-ctr": "AES-192-CTR",
  "aes-256-ctr": "AES-256-CTR",
  "aes-128-gcm": "id-aes128-GCM",
  "aes-192-gcm": "id-aes192-GCM",
  "aes-256-gcm": "id-aes256-GCM",
  "chacha20-poly1305": "ChaCha20-Poly1305",
};

let opened: CipherBackend | undefined;
let tried = false;

/**
 * The library, undefined where there is none. Tests call it before the first `Deno.test`: the runtime counts a library that
 * a test opens as a leak of that test.
 */
export function libcryptoBackend(): CipherBackend | undefined {
  if (tried) return opened;
  tried = true;
  let calls: Calls;
  try {
    calls = Deno.dlopen(LIBRARY, SYMBOLS).symbols;
  } catch {
    // Not installed, or an older one: the runtime encrypts then.
    return undefined;
  }
  const ciphers = new Map<CipherName, NonNullable<Deno.PointerValue>>();
  opened = {
    name: LIBRARY,
    key(cipher, key) {
      let pointer = ciphers.get(cipher.name);
      if (!pointer) {
        pointer = calls.EVP_get_cipherbyname(new TextEncoder().encode(NAMES[cipher.name] + "\0")) ??
          undefined;
        if (!pointer) throw new CryptError(`${LIBRARY} does not know ${cipher.name}`);
        ciphers.set(cipher.name, pointer);
      }
      return new LibcryptoKey(calls, cipher, pointer, key);
    },
  };
  return opened;
}

/** Scratch for results: calls are synchronous, so one is enough. */
const written = new Int32Array(1);
const rest = new Uint8Array(32);

class LibcryptoKey implements CipherKey {
  #sealing: Deno.PointerValue;
  #opening: Deno.PointerValue;
  readonly #nonceBytes: number;
  readonly #tagBytes: number;
  readonly #content = new Scratch();
  /** The last PDU that was sealed, and parts of it. */
  #whole = rest;
  #body = rest;
  #tag = rest;
  /** What was opened last. */
  #opened = rest;

  constructor(
    private readonly calls: Calls,
    { name, nonceBytes, tagBytes }: Cipher,
    pointer: Deno.PointerValue,
    key: Uint8Array,
  ) {
    const own = new Uint8Array(key);
    this.#nonceBytes = nonceBytes;
    this.#tagBytes = tagBytes;
    this.#sealing = calls.EVP_CIPHER_CTX_new();
    this.#opening = calls.EVP_CIPHER_CTX_new();
    const ready = this.#sealing && this.#opening &&
      calls.EVP_EncryptInit_ex(this.#sealing, pointer, null, own, null) === 1 &&
      calls.EVP_DecryptInit_ex(this.#opening, pointer, null, own, null) === 1;
    own.fill(0);
    if (!ready) {
      this.free();
      throw new CryptError(`${LIBRARY} cannot take a key for ${name}`);
    }
  }

  seal(pdu: Uint8Array, content?: Uint8Array): void {
    const calls = this.calls, context = this.#sealing;
    const at = this.#nonceBytes, length = pdu.length - at - this.#tagBytes;
    // Most packets are sealed in the same place as the last one.
    if (pdu !== this.#whole) {
      this.#whole = inPlace(pdu);
      this.#body = this.#whole.subarray(at);
      this.#tag = this.#body.subarray(length);
    }
    // The library reads the nonce from the beginning of the PDU.
    const whole = this.#whole, body = this.#body;
    const from = content === undefined ? body : isUnshared(content) ? content : copied(content, body);
    const good = context !== null && calls.EVP_EncryptInit_ex(context, null, null, null, whole) === 1 &&
      (length === 0 || calls.EVP_EncryptUpdate(context, body, written, from, length) === 1) &&
      (this.#tagBytes === 0 ||
        calls.EVP_EncryptFinal_ex(context, rest, written) === 1 &&
          calls.EVP_CIPHER_CTX_ctrl(context, GET_TAG, this.#tagBytes, this.#tag) === 1);
    if (!good) throw new CryptError(`${LIBRARY} cannot encrypt a packet`);
  }

  open(pdu: Uint8Array): Uint8Array | undefined {
    const calls = this.calls, context = this.#opening;
    const at = this.#nonceBytes, length = pdu.length - at - this.#tagBytes;
    const whole = inPlace(pdu);
    const out = this.#content.room(length);
    const good = context !== null && calls.EVP_DecryptInit_ex(context, null, null, null, whole) === 1 &&
      (length === 0 || calls.EVP_DecryptUpdate(context, out, written, whole.subarray(at), length) === 1) &&
      (this.#tagBytes === 0 ||
        calls.EVP_CIPHER_CTX_ctrl(context, SET_TAG, this.#tagBytes, whole.subarray(at + length)) === 1 &&
          calls.EVP_DecryptFinal_ex(context, rest, written) === 1);
    if (!good) return undefined;
    if (this.#opened.buffer !== out.buffer || this.#opened.length !== length) {
      this.#opened = out.subarray(0, length);
    }
    return this.#opened;
  }

  free(): void {
    // The library wipes what it frees.
    if (this.#sealing) this.calls.EVP_CIPHER_CTX_free(this.#sealing);
    if (this.#opening) this.calls.EVP_CIPHER_CTX_free(this.#opening);
    this.#sealing = this.#opening = null;
  }
}

/** The same bytes, of the type that FFI takes: shared memory it does not. */
function inPlace(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (isUnshared(bytes)) return bytes;
  throw new CryptError("packets in shared memory cannot be encrypted");
}

function copied(bytes: Uint8Array, to: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  to.set(bytes);
  return to;
}

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer;
