/**
 * Connection establishment (CEP): two components tell each other who they are, over a fresh N-1 flow.
 *
 * @module
 */
import { IpcpError, ProtocolError } from "../../contract/errors.ts";
import type { Address } from "../../contract/ids.ts";
import { CEP_REJECT, type CepMessage, decodeCep, encodeCep } from "../../wire/layer/cep_message.ts";
import type { Component } from "../../contract/membership.ts";
import type { Conversation } from "./conversation.ts";

/**
 * Milliseconds in which whoever has allocated a flow must say what it wants. That message may be lost, or late on a long path; then the
 * other side comes with a fresh flow, and ends this one.
 */
export const GREETING_LIMIT = 10_000;

/**
 * The side that has allocated the flow: says who it is, and hears the other.
 *
 * @param agreed called when both sides agree, with the address of the other; the conversation is still to be ended
 */
export function initiate(talk: Conversation, component: Component, agreed: (peer: Address) => void): void {
  talk.expect({
    what: `answer to the connection of ${component.name}`,
    patient: true,
    read: decodeCep,
    take: (theirs) => {
      if (theirs.component === "" && theirs.protocol === "") {
        throw new IpcpError(`the other IPCP has no component ${component.name}`);
      }
      checkSame(component, theirs);
      checkAddress(component, theirs.address);
      agreed(theirs.address);
    },
  });
  talk.send(encodeCep(introduction(component)));
}

/**
 * The side that has accepted the flow: hears who the other is, and answers.
 *
 * @param agreed called when both sides agree, with the address of the other; the conversation is still to be ended
 */
export function accept(
  talk: Conversation,
  find: (name: string) => Component | undefined,
  agreed: (component: Component, peer: Address) => void,
): void {
  talk.expect({
    what: "message that says what to connect",
    within: GREETING_LIMIT,
    read: decodeCep,
    take: (theirs) => {
      const component = find(theirs.component);
      // The other side must learn why: it gets an answer in every case.
      talk.send(encodeCep(component ? introduction(component) : CEP_REJECT));
      if (!component) throw new ProtocolError(`there is no component "${theirs.component}" here`);
      checkSame(component, theirs);
      checkAddress(component, theirs.address);
      agreed(component, theirs.address);
    },
  });
}

function introduction({ name, protocol, version, syntax, address }: Component): CepMessage {
  return { component: name, protocol, version, syntax, address };
}

function checkSame(ours: Component, theirs: CepMessage): void {
  const same = theirs.protocol === ours.protocol && theirs.version === ours.version &&
    theirs.syntax === ours.syntax;
  if (same) return;
  const shown = ({ protocol, version, syntax }: Pick<CepMessage, "protocol" | "version" | "syntax">) =>
    `protocol "${protocol}", version ${version}, syntax ${syntax}`;
  throw new ProtocolError(
    `${ours.name} of the other IPCP speaks ${shown(theirs)}; here it is ${shown(ours)}`,
  );
}

/** Components with addresses know their neighbours by them. */
function checkAddress({ name, address: own, anonymous }: Component, theirs: Address): void {
  if (own !== 0 && theirs === 0 && !anonymous) {
    throw new ProtocolError(`${name} of the other IPCP has no address`);
  }
}
