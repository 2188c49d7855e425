/**
 * Diffie-Hellman in the groups ffdhe2048, ffdhe3072 and ffdhe4096 (RFC 7919). Keys go as SubjectPublicKeyInfo (DER) with the
 * parameters p and g of PKCS #3; the secret is the shared number without leading zeros.
 *
 * @module
 */
import { CryptError, ProtocolError } from "../../contract/errors.ts";
import type { Done } from "../../contract/outcome.ts";
import { type Agreement, attempt, checkSecret, type Initiator, type Response } from "./agreement.ts";
import { bitString, DerReader, oidHex, Tag } from "../x509/der.ts";
import { bits, integer, oid, sequence } from "../x509/der_writer.ts";
import { buffer, runtimeCrypto } from "../runtime_crypto.ts";

const DH_KEY_AGREEMENT = "2a864886f70d010301";
const GENERATOR = 2n;

/** A group: bits of its prime, the number X of RFC 7919, and bytes of a private exponent (twice the strength, rounded up). */
const GROUPS = {
  ffdhe2048: { bits: 2048, x: 560316n, exponentBytes: 29 },
  ffdhe3072: { bits: 3072, x: 2625351n, exponentBytes: 35 },
  ffdhe4096: { bits: 4096, x: 5736041n, exponentBytes: 41 },
} as const;

/** Name of a group. */
export type GroupName = keyof typeof GROUPS;

const GROUP_NAMES: readonly GroupName[] = ["ffdhe2048", "ffdhe3072", "ffdhe4096"];
const primes = new Map<GroupName, bigint>();

/** Returns the prime 2ᵇ − 2ᵇ⁻⁶⁴ + (⌊2ᵇ⁻¹³⁰ e⌋ + X) 2⁶⁴ − 1, computed once. */
export function primeOf(name: GroupName): bigint {
  const known = primes.get(name);
  if (known) return known;
  const { bits, x } = GROUPS[name];
  const b = BigInt(bits);
  const prime = (1n << b) - (1n << (b - 64n)) + ((eulerNumber(b - 130n) + x) << 64n) - 1n;
  primes.set(name, prime);
  return prime;
}

/** ⌊2ᵇ e⌋, by the sum of 1/k! with 64 more bits. */
function eulerNumber(b: bigint): bigint {
  let sum = 0n;
  let term = 1n << (b + 64n);
  for (let k = 1n; term > 0n; k++) {
    sum += term;
    term /= k;
  }
  return sum >> 64n;
}

/** Returns the group of a public key; undefined when it is a key of none. */
export function groupOf(publicKey: Uint8Array): GroupName | undefined {
  try {
    return parse(publicKey).name;
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return undefined;
    throw thrown;
  }
}

/** Diffie-Hellman in a group. */
export class FiniteFieldAgreement implements Agreement {
  constructor(private readonly name: GroupName) {}

  initiate(done: Done<Initiator>): void {
    attempt(`cannot make a key of ${this.name}`, done, () => this.withExponent(this.#exponent()));
  }

  respond(publicKey: Uint8Array, done: Done<Response>): void {
    attempt(`the public key of ${this.name} does not hold`, done, () => {
      const exponent = this.#exponent();
      const secret = this.#secret(exponent, publicKey);
      return { message: this.#message(exponent), secret };
    });
  }

  /** Makes an initiator with a private exponent that is there already. */
  withExponent(exponent: Uint8Array): Initiator {
    return {
      message: this.#message(exponent),
      finish: (answer, done) =>
        attempt(
          `the public key of ${this.name} does not hold`,
          done,
          () => this.#secret(exponent, answer),
        ),
    };
  }

  #exponent(): Uint8Array {
    return runtimeCrypto().randomBytes(GROUPS[this.name].exponentBytes);
  }

  /** Returns the public key of an exponent. */
  #message(exponent: Uint8Array): Uint8Array {
    return write(primeOf(this.name), this.#power(GENERATOR, exponent));
  }

  /** The runtime raises to a power what it takes for the key of the other end. */
  #power(base: bigint, exponent: Uint8Array): bigint {
    const group = runtimeCrypto().createDiffieHellman(
      buffer(bytesOf(primeOf(this.name))),
      buffer(bytesOf(GENERATOR)),
    );
    group.setPrivateKey(buffer(exponent));
    return numberOf(group.computeSecret(buffer(bytesOf(base))));
  }

  #secret(exponent: Uint8Array, publicKey: Uint8Array): Uint8Array {
    const { name, value } = parse(publicKey);
    const prime = primeOf(this.name);
    if (name !== this.name) throw new CryptError(`the other end's key is none of ${this.name}`);
    // The primes are safe ones: what is left has the large order, or twice that.
    if (value < 2n || value > prime - 2n) throw new CryptError("it is of a small subgroup");
    return checkSecret(bytesOf(this.#power(value, exponent)));
  }
}

function write(prime: bigint, value: bigint): Uint8Array {
  const parameters = sequence(integer(bytesOf(prime)), integer(bytesOf(GENERATOR)));
  return sequence(sequence(oid(DH_KEY_AGREEMENT), parameters), bits(integer(bytesOf(value))));
}

function parse(publicKey: Uint8Array): { name: GroupName; value: bigint } {
  const whole = new DerReader(publicKey);
  const info = whole.enter(Tag.SEQUENCE, "a public key");
  whole.end("a public key");
  const algorithm = info.enter(Tag.SEQUENCE, "the algorithm");
  if (oidHex(algorithm.expect(Tag.OID, "the algorithm")) !== DH_KEY_AGREEMENT) {
    throw new ProtocolError("this is no key of Diffie-Hellman");
  }
  const parameters = algorithm.enter(Tag.SEQUENCE, "the parameters");
  const prime = parameters.expect(Tag.INTEGER, "p").content;
  const generator = parameters.expect(Tag.INTEGER, "g").content;
  const key = bitString(info.expect(Tag.BIT_STRING, "the key"));
  info.end("a public key");
  const name = GROUP_NAMES.find((one) =>
    prime.length === GROUPS[one].bits / 8 + 1 && numberOf(prime) === primeOf(one)
  );
  if (!name || numberOf(generator) !== GENERATOR) {
    throw new ProtocolError("this is a key of an unknown group");
  }
  const inner = new DerReader(key);
  const value = inner.expect(Tag.INTEGER, "the key").content;
  inner.end("the key");
  if (value.length > prime.length) throw new ProtocolError("the key is larger than its group");
  return { name, value: numberOf(value) };
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x0${bytes.toHex()}`);

function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Uint8Array.fromHex(hex.length % 2 ? `0${hex}` : hex);
}
