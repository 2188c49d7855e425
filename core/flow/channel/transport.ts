/**
 * What is below a protocol between the ends of a flow: the data connection, or one that does something to its packets.
 *
 * @module
 */
import type { FlowChannel } from "./flow_channel.ts";

/** A channel without a protocol of its own. */
export interface LowerChannel extends FlowChannel {
  /** Nothing can be sent any more. */
  readonly broken: boolean;
  /** More is about to be sent: what is sent until the event loop has had its turn goes out together. */
  collect(): void;
  /** Packets without bytes are signs of life: they are not for {@link take}, but `heard` is called. Before {@link open}. */
  onSignOfLife(heard: () => void): void;
}
