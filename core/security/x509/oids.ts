/**
 * Object identifiers of keys, signatures and names, by the hexadecimal form of their content.
 *
 * @module
 */

/** Kinds of keys that sign. */
export type KeyKind = "rsa" | "rsa-pss" | "P-256" | "P-384" | "P-521" | "Ed25519" | "Ed448" | PostQuantumName;
/** Signatures that quantum computers do not break, by the names that WebCrypto gives them. */
export type PostQuantumName =
  | `ML-DSA-${44 | 65 | 87}`
  | `SLH-DSA-${"SHA2" | "SHAKE"}-${128 | 192 | 256}${"s" | "f"}`;

const RSA = "2a864886f70d0101";
const ECDSA = "2a8648ce3d0403";
const NIST_SIGNATURES = "6086480165030403";

/** `rsaEncryption`. */
export const RSA_ENCRYPTION = `${RSA}01`;
/** `id-RSASSA-PSS`, of keys and of signatures. */
export const RSASSA_PSS = `${RSA}0a`;
/** `id-ecPublicKey`. */
export const EC_PUBLIC_KEY = "2a8648ce3d0201";

/** Named curves. */
export const CURVE_KINDS: ReadonlyMap<string, KeyKind> = new Map([
  ["2a8648ce3d030107", "P-256"],
  ["2b81040022", "P-384"],
  ["2b81040023", "P-521"],
]);

/** Keys without parameters that have one kind of signature, with the same identifier. */
export const PURE_KINDS: ReadonlyMap<string, KeyKind> = new Map<string, KeyKind>([
  ["2b6570", "Ed25519"],
  ["2b6571", "Ed448"],
  [`${NIST_SIGNATURES}11`, "ML-DSA-44"],
  [`${NIST_SIGNATURES}12`, "ML-DSA-65"],
  [`${NIST_SIGNATURES}13`, "ML-DSA-87"],
  ...slhDsa(),
]);

function slhDsa(): [string, PostQuantumName][] {
  const all = (["SHA2", "SHAKE"] as const).flatMap((hash) =>
    ([128, 192, 256] as const).flatMap((size) =>
      (["s", "f"] as const).map((speed): PostQuantumName => `SLH-DSA-${hash}-${size}${speed}`)
    )
  );
  return all.map((name, index) => [NIST_SIGNATURES + (0x14 + index).toString(16), name]);
}

/** Digests of signatures with RSA (PKCS #1) and ECDSA. */
export const SIGNATURE_DIGESTS: ReadonlyMap<string, { readonly key: "rsa" | "ec"; readonly digest: string }> =
  new Map([
    [`${RSA}0b`, { key: "rsa", digest: "sha256" }],
    [`${RSA}0c`, { key: "rsa", digest: "sha384" }],
    [`${RSA}0d`, { key: "rsa", digest: "sha512" }],
    [`${NIST_SIGNATURES}0e`, { key: "rsa", digest: "sha3-256" }],
    [`${NIST_SIGNATURES}0f`, { key: "rsa", digest: "sha3-384" }],
    [`${NIST_SIGNATURES}10`, { key: "rsa", digest: "sha3-512" }],
    [`${ECDSA}02`, { key: "ec", digest: "sha256" }],
    [`${ECDSA}03`, { key: "ec", digest: "sha384" }],
    [`${ECDSA}04`, { key: "ec", digest: "sha512" }],
    [`${NIST_SIGNATURES}0a`, { key: "ec", digest: "sha3-256" }],
    [`${NIST_SIGNATURES}0b`, { key: "ec", digest: "sha3-384" }],
    [`${NIST_SIGNATURES}0c`, { key: "ec", digest: "sha3-512" }],
  ]);

/** Digests by themselves, as parameters of RSA-PSS. */
export const DIGEST_OIDS: ReadonlyMap<string, string> = new Map([
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
  ["608648016503040208", "sha3-256"],
  ["608648016503040209", "sha3-384"],
  ["60864801650304020a", "sha3-512"],
]);

/** `commonName`. */
export const COMMON_NAME = "550403";
/** Short words for the parts of names. */
export const NAME_PARTS: ReadonlyMap<string, string> = new Map([
  [COMMON_NAME, "CN"],
  ["550405", "serialNumber"],
  ["550406", "C"],
  ["550407", "L"],
  ["550408", "ST"],
  ["55040a", "O"],
  ["55040b", "OU"],
  ["2a864886f70d010901", "emailAddress"],
  ["0992268993f22c640119", "DC"],
]);

/** Extensions of certificates that are looked at, or that may be passed over though they are critical. */
export const Extension = {
  SUBJECT_KEY_ID: "551d0e",
  KEY_USAGE: "551d0f",
  SUBJECT_ALT_NAME: "551d11",
  BASIC_CONSTRAINTS: "551d13",
  POLICIES: "551d20",
  AUTHORITY_KEY_ID: "551d23",
  EXTENDED_KEY_USAGE: "551d25",
} as const;

/** Purposes that let a key prove who is at the end of a flow: server, client, any. */
export const FLOW_PURPOSES: ReadonlySet<string> = new Set([
  "2b06010505070301",
  "2b06010505070302",
  "551d2500",
]);
