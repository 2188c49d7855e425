/**
 * Management messages of layers over legacy networks in words.
 *
 * @module
 */
import { shortHash } from "../../contract/ids.ts";
import type { ShimMessage } from "./shim_message.ts";

/** Describes a message. */
export function messageText(message: ShimMessage): string {
  switch (message.code) {
    case "request":
      return `flow request for ${shortHash(message.hash)}… from end ${message.requester}`;
    case "reply":
      return message.response === 0
        ? `flow reply to end ${message.requester}: accepted, end ${message.responder}`
        : `flow reply to end ${message.requester}: refused, ${message.response}`;
    case "query":
      return `name query for ${shortHash(message.hash)}…`;
    case "answer":
      return `name answer for ${shortHash(message.hash)}…`;
    case "deallocate":
      return `deallocation of end ${message.source}, to end ${message.destination}`;
    case "absent":
      return `notice that end ${message.destination} is not there`;
    case "check":
      return `question of end ${message.source} whether end ${message.destination} is there`;
    case "present":
      return `answer to end ${message.destination}: end ${message.source} is there`;
    case "move":
      return `news of end ${message.source}, to end ${message.destination}: its address is ` +
        `${message.address.toHex()} now`;
    case "seek":
      return `question who had the address ${message.address.toHex()}`;
    case "former":
      return `news that the sender had the address ${message.address.toHex()}`;
  }
}
