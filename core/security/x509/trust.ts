/**
 * Whether a certificate is to be trusted: a chain of signatures from it to an anchor, each link valid now and allowed to
 * issue the one below.
 *
 * @module
 */
import { sameBytes } from "../../kit/bytes.ts";
import { AuthError } from "../../contract/errors.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { Certificate } from "./certificate.ts";
import { verifySignature } from "./signatures.ts";

/** What chains are made of. */
export interface TrustStore {
  /** Trusted for themselves. */
  readonly anchors: readonly Certificate[];
  /** Good for chains only. */
  readonly intermediates: readonly Certificate[];
}

/** Authorities between a certificate and its anchor. */
const MAX_INTERMEDIATES = 4;
/** Chains that are tried: certificates of the same name may make many. */
const MAX_CHAINS = 8;

/**
 * Checks a certificate of the other end of a flow. All that costs little comes first: no signature is checked before there is
 * a chain to an anchor. `done` may be called before this returns.
 *
 * @param now milliseconds since 1970 (UTC)
 */
export function checkTrust(certificate: Certificate, store: TrustStore, now: number, done: Done): void {
  const refuse = (why: string) =>
    done(failure(new AuthError(`the certificate of "${certificate.subject.text}" is refused: ${why}`)));
  const objection = objectionTo(certificate, now) ?? objectionToUse(certificate);
  if (objection !== undefined) return refuse(objection);
  if (isAnchor(certificate, store)) return done(DONE);
  const chains = chainsOf(certificate, store, now);
  if (chains.length === 0) {
    return refuse(
      certificate.selfIssued
        ? "it is signed by itself, and is not among the trusted authorities"
        : `no trusted authority has issued it; its issuer is "${certificate.issuer.text}"`,
    );
  }
  const tryChain = (index: number): void => {
    if (index === chains.length) return refuse("a signature does not hold");
    checkChain(chains[index], 0, (outcome) => outcome.ok ? done(DONE) : tryChain(index + 1));
  };
  tryChain(0);
}

/** Checks that each certificate of a chain was signed by the next. */
function checkChain(chain: readonly Certificate[], index: number, done: Done): void {
  if (index === chain.length - 1) return done(DONE);
  const [{ signatureForm, signed, signature }, issuer] = [chain[index], chain[index + 1]];
  verifySignature(issuer.keyKind, issuer.publicKey, signatureForm.form, signed, signature, (outcome) => {
    if (!outcome.ok) return done(outcome);
    if (!outcome.value) return done(failure(new AuthError("a signature does not hold")));
    checkChain(chain, index + 1, done);
  });
}

/** Returns why a certificate is not to be used for anything; undefined: it may. */
function objectionTo({ notBefore, notAfter, extensions }: Certificate, now: number): string | undefined {
  if (now < notBefore) return `it is valid from ${day(notBefore)} only; set the clock if that is past`;
  if (now > notAfter) return `it expired on ${day(notAfter)}`;
  if (extensions.unknown) return `its critical extension ${extensions.unknown} is not known here`;
}

function objectionToUse({ extensions: { signsMessages, forFlows } }: Certificate): string | undefined {
  if (!signsMessages) return "its key usage has no digital signatures";
  if (!forFlows) return "its extended key usage is neither for servers nor for clients";
}

const isAnchor = ({ der }: Certificate, { anchors }: TrustStore): boolean =>
  anchors.some((anchor) => sameBytes(anchor.der, der));

/** Finds the chains from the certificate to an anchor, by names, key ids and rights; signatures are not looked at. */
function chainsOf(leaf: Certificate, { anchors, intermediates }: TrustStore, now: number): Certificate[][] {
  const chains: Certificate[][] = [];
  const extend = (chain: readonly Certificate[]): void => {
    const below = chain[chain.length - 1];
    const authorities = chain.length - 1;
    const fits = (issuer: Certificate) => mayIssue(issuer, below, authorities, now);
    for (const anchor of anchors) {
      if (chains.length < MAX_CHAINS && fits(anchor)) chains.push([...chain, anchor]);
    }
    if (authorities === MAX_INTERMEDIATES) return;
    for (const issuer of intermediates) {
      if (chains.length === MAX_CHAINS) return;
      if (!chain.includes(issuer) && fits(issuer)) extend([...chain, issuer]);
    }
  };
  extend([leaf]);
  return chains;
}

/** @param authorities how many stand between the issuer and the end of the chain */
function mayIssue(issuer: Certificate, below: Certificate, authorities: number, now: number): boolean {
  const { extensions } = issuer;
  return sameBytes(issuer.subject.der, below.issuer.der) &&
    (extensions.subjectKeyId === undefined || below.extensions.authorityKeyId === undefined ||
      extensions.subjectKeyId === below.extensions.authorityKeyId) &&
    // A root of version 1 has no extensions to say what it is.
    (extensions.authority || (!extensions.present && issuer.selfIssued)) &&
    extensions.signsCertificates &&
    (extensions.pathLength === undefined || authorities <= extensions.pathLength) &&
    below.signatureForm.fits(issuer.keyKind) &&
    objectionTo(issuer, now) === undefined;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
