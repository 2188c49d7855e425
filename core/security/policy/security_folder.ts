/**
 * Makes the policy of a flow from the security folder, anew for each flow: changes of files count at once. What was read is
 * parsed again only when its file has changed.
 *
 * @module
 */
import { asOuroError, AuthError, CryptError, OuroError, ProtocolError } from "../../contract/errors.ts";
import type { Log } from "../../contract/ports.ts";
import type { FlowRole, SecurityOptions } from "../../contract/security.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { type EncConf, NO_ENC_CONF, parseEncConf } from "./enc_conf.ts";
import { type FlowPolicy, type OwnCertificate, type TextReader, withOptions } from "./flow_policy.ts";
import { pemBlocks } from "../x509/pem.ts";
import { belongs, parsePrivateKey, type PrivateKey } from "../x509/private_key.ts";
import {
  ANCHORS,
  besides,
  INTERMEDIATES,
  type NamePaths,
  namePaths,
  overridesOf,
  type PathOverrides,
  type SecurityFiles,
} from "./security_files.ts";
import { staticKeySuffix, staticPrivateKey, staticPublicKey } from "../key_exchange/static_key.ts";

const decoder = new TextDecoder();

/** Policies of flows. */
export class SecurityFolder implements TextReader {
  /** By the bytes of their files. */
  readonly #certificates = new WeakMap<Uint8Array, readonly Certificate[]>();
  readonly #keys = new WeakMap<Uint8Array, PrivateKey>();
  readonly #confs = new WeakMap<Uint8Array, EncConf>();
  readonly #warned = new Set<string>();
  /** There is no security folder, as far as this call is concerned. */
  #empty = false;

  constructor(private readonly files: SecurityFiles, private readonly log: Log) {}

  /**
   * Returns the policy of one end of a flow.
   *
   * @param name of the service, at either end
   * @param options what the application asks
   * @param overrides paths that stand in for those of the folder
   * @throws CryptError when a configuration cannot be used; it names file and line
   * @throws AuthError when certificates or keys cannot be used
   */
  policy(role: FlowRole, name: string, options?: SecurityOptions, overrides?: PathOverrides): FlowPolicy {
    const paths = namePaths(role, name, overrides);
    // Most hosts have no such folder, and every flow asks.
    this.#empty = this.files.hasFolder?.("") === false;
    for (const path of overridesOf(role, overrides)) {
      if (path === undefined || this.#read(path)) continue;
      throw new CryptError(`there is no file ${path}, which was given for the name "${name}"`);
    }
    const policy = this.#fromFiles(role, paths);
    return options ? withOptions(policy, options, this) : policy;
  }

  certificates(text: string, what: string): readonly Certificate[] {
    return readable(what, () => {
      const found = pemBlocks(text).filter(({ label }) => label === "CERTIFICATE");
      if (found.length === 0) throw new ProtocolError("there is no certificate (PEM)");
      return found.map(({ der }) => parseCertificate(der));
    });
  }

  own(certificate: string, key: string): OwnCertificate {
    const [leaf] = this.certificates(certificate, "the own certificate");
    return paired(leaf, readable("the own private key", () => parsePrivateKey(key)), "the own private key");
  }

  #fromFiles(role: FlowRole, paths: NamePaths | undefined): FlowPolicy {
    const conf = paths ? this.#conf(paths.encryption) : NO_ENC_CONF;
    const policy: FlowPolicy = {
      encryption: conf.encryption,
      digest: conf.digest,
      own: paths && this.#own(paths),
      requireCertificate: conf.require.has("certificate"),
      trust: {
        anchors: paths && conf.authorities !== undefined
          ? this.#required(besides(paths.encryption, conf.authorities))
          : this.#folder(ANCHORS),
        intermediates: this.#folder(INTERMEDIATES),
      },
    };
    return paths ? this.#withStaticKey(role, paths, policy) : policy;
  }

  #conf(path: string): EncConf {
    const bytes = this.#read(path);
    if (!bytes) return NO_ENC_CONF;
    const known = this.#confs.get(bytes);
    if (known) return known;
    const conf = parseEncConf(decoder.decode(bytes), path);
    for (const line of conf.ignored) this.#warn(`${line} is not known and ignored`);
    this.#confs.set(bytes, conf);
    return conf;
  }

  #own({ certificate, privateKey }: NamePaths): OwnCertificate | undefined {
    const [crt, key] = [this.#read(certificate), this.#read(privateKey)];
    if (!crt || !key) {
      if (crt ?? key) {
        this.#warn(`${crt ? certificate : privateKey} is there without ${crt ? privateKey : certificate}`);
      }
      return undefined;
    }
    const [leaf] = this.#parsed(certificate, crt);
    let parsed = this.#keys.get(key);
    if (!parsed) {
      parsed = readable(privateKey, () => parsePrivateKey(decoder.decode(key)));
      this.#keys.set(key, parsed);
    }
    return paired(leaf, parsed, privateKey);
  }

  #withStaticKey(role: FlowRole, { staticKey }: NamePaths, policy: FlowPolicy): FlowPolicy {
    const { encryption } = policy;
    if (!encryption?.clientEncapsulates || encryption.keyExchange.kind === "dh") return policy;
    const path = staticKey + staticKeySuffix(encryption.keyExchange);
    const bytes = this.#read(path);
    if (!bytes) throw new CryptError(`kem_mode=client needs the file ${path}`);
    return role === "server"
      ? { ...policy, staticPrivateKey: (done) => staticPrivateKey(encryption.keyExchange, bytes, path, done) }
      : { ...policy, staticPublicKey: staticPublicKey(encryption.keyExchange, bytes, path) };
  }

  /** Certificates of a folder. One that cannot be read trusts nobody: it is passed over, with a line in the log. */
  #folder(folder: string): readonly Certificate[] {
    return this.#list(folder).flatMap((name) => {
      const path = `${folder}/${name}`;
      try {
        const bytes = this.#read(path);
        return bytes ? this.#parsed(path, bytes) : [];
      } catch (thrown) {
        this.#warn(asOuroError(thrown).message);
        return [];
      }
    });
  }

  #required(path: string): readonly Certificate[] {
    const bytes = this.#read(path);
    if (!bytes) throw new AuthError(`there is no file ${path} with the required authorities`);
    return this.#parsed(path, bytes);
  }

  #parsed(path: string, bytes: Uint8Array): readonly Certificate[] {
    const known = this.#certificates.get(bytes);
    if (known) return known;
    const found = this.certificates(decoder.decode(bytes), path);
    this.#certificates.set(bytes, found);
    return found;
  }

  #read(path: string): Uint8Array | undefined {
    if (this.#empty && !path.startsWith("/")) return undefined;
    try {
      return this.files.read(path);
    } catch (thrown) {
      throw new CryptError(`${path} cannot be read: ${asOuroError(thrown).message}`, { cause: thrown });
    }
  }

  #list(folder: string): readonly string[] {
    if (this.#empty) return [];
    try {
      return this.files.list(folder);
    } catch (thrown) {
      throw new CryptError(`${folder} cannot be listed: ${asOuroError(thrown).message}`, { cause: thrown });
    }
  }

  /** Once for each text. */
  #warn(text: string): void {
    if (this.#warned.has(text) || this.#warned.size > 1000) return;
    this.#warned.add(text);
    this.log.warning(`${text}.`);
  }
}

function paired(certificate: Certificate, key: PrivateKey, what: string): OwnCertificate {
  if (!belongs(key, certificate.publicKey, certificate.keyKind)) {
    throw new AuthError(`${what} does not belong to the certificate of "${certificate.subject.text}"`);
  }
  return { certificate, key };
}

function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof OuroError)) throw thrown;
    throw new AuthError(`${what} cannot be used: ${thrown.message}`, { cause: thrown });
  }
}
