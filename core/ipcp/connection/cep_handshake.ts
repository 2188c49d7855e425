/**
 * Connection establishment (CEP): two components tell each other who they are, over a fresh N-1 flow.
 *
 * @module
 */
import { IpcpError, type OuroError, ProtocolError } from "../../contract/errors.ts";
import type { Address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Timers } from "../../contract/ports.ts";
import { CEP_REJECT, type CepMessage, decodeCep, encodeCep } from "../../wire/layer/cep_message.ts";
import type { Component } from "../../contract/membership.ts";
import { Conversation } from "./conversation.ts";

/** Milliseconds in which the other side must say who it is. */
export const HANDSHAKE_LIMIT = 1000;

/** How a handshake ends: exactly one of these is called, once. */
export interface HandshakeEvents {
  /** Both sides agree. */
  agreed(component: Component, peer: Address): void;
  /** They do not; the flow is still to be deallocated. */
  failed(error: OuroError): void;
}

/** The side that has allocated the flow: says who it is, and hears the other. Returns the conversation, to be ended. */
export function initiate(
  flow: LowerFlow,
  timers: Timers,
  component: Component,
  events: HandshakeEvents,
): Conversation {
  const talk = new Conversation(flow, timers, events.failed);
  talk.expect({
    what: `answer to the connection of ${component.name}`,
    within: HANDSHAKE_LIMIT,
    take: (message) => {
      const theirs = decodeCep(message);
      if (theirs.component === "" && theirs.protocol === "") {
        throw new IpcpError(`the other IPCP has no component ${component.name}`);
      }
      checkSame(component, theirs);
      checkAddress(component, theirs.address);
      talk.end();
      events.agreed(component, theirs.address);
    },
  });
  talk.start(encodeCep(introduction(component)));
  return talk;
}

/** The side that has accepted the flow: hears who the other is, and answers. Returns the conversation, to be ended. */
export function accept(
  flow: LowerFlow,
  timers: Timers,
  find: (name: string) => Component | undefined,
  events: HandshakeEvents,
): Conversation {
  const talk = new Conversation(flow, timers, events.failed);
  talk.expect({
    what: "message that says what to connect",
    within: HANDSHAKE_LIMIT,
    take: (message) => {
      const theirs = decodeCep(message);
      const component = find(theirs.component);
      // The other side must learn why: it gets an answer in every case.
      talk.send(encodeCep(component ? introduction(component) : CEP_REJECT));
      if (!component) throw new ProtocolError(`there is no component "${theirs.component}" here`);
      checkSame(component, theirs);
      checkAddress(component, theirs.address);
      talk.end();
      events.agreed(component, theirs.address);
    },
  });
  return talk;
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
function checkAddress({ name, address: own }: Component, theirs: Address): void {
  if (own !== 0 && theirs === 0) throw new ProtocolError(`${name} of the other IPCP has no address`);
}
