/**
 * WebSockets of this machine.
 *
 * @module
 */
import type { WebSockets } from "../../../contract/network.ts";
import { dial } from "./web_dial.ts";
import { WebDoor } from "./web_door.ts";

/** Opens WebSockets, and doors for them. */
export const systemWebSockets: WebSockets = {
  dial,
  listen: (settings, accept) => new WebDoor(settings, accept),
};
