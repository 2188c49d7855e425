/**
 * Enrollment, the side of the member: tells a new member the layer's configuration, and hears how it went.
 *
 * @module
 */
import { asOuroError, errorFromErrno, IpcpStateError, type OuroError } from "../../contract/errors.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { LayerConfiguration } from "../../contract/membership.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { Ports } from "../../contract/ports.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  encodeEnrollmentResponse,
  type EnrollmentAck,
  wallTime,
} from "../../wire/layer/enrollment_message.ts";
import { encodeLayerConfiguration, type LayerEncoding } from "../../wire/layer/layer_config.ts";
import { Conversation } from "./conversation.ts";

/**
 * Milliseconds in which the new member must say what it wants, and in which it must have joined. Paths may be long, and who has lost a
 * message ends the flow itself.
 */
const REQUEST_LIMIT = 10_000, JOIN_LIMIT = 10_000;

/** What the member works with. */
export interface MemberParts extends Ports {
  /** What the new member is told; undefined while this IPCP is a member of no layer. */
  configuration(): LayerConfiguration | undefined;
  /** How the configuration is written. */
  readonly encoding: LayerEncoding;
  /** Called once. */
  readonly done: Done;
}

/** Answers. Returns the conversation, to be ended when the flow goes. */
export function tellConfiguration(flow: LowerFlow, parts: MemberParts): Conversation {
  const { timers, log, done } = parts;
  const talk = new Conversation(flow, timers, (error) => done(failure(error)));
  talk.expect({
    what: "request for enrollment",
    within: REQUEST_LIMIT,
    read: (message) => decodeEnrollmentRequest(message).id.slice(),
    take: (id) => {
      log.debug("Enrolling a new neighbor.");
      const { bytes, error } = answerTo(id, parts);
      if (!error) log.debug(`Sending enrollment info (${bytes.length} bytes).`);
      talk.send(bytes);
      if (error) throw error;
      talk.expect({
        what: "report of the new member",
        within: JOIN_LIMIT,
        read: decodeEnrollmentAck,
        take: (ack) => hear(ack, id),
      });
    },
  });
  const hear = ({ id, result }: EnrollmentAck, asked: Uint8Array) => {
    if (id.some((byte, index) => byte !== asked[index])) {
      log.warning("The new neighbor reports another enrollment than its own.");
    }
    if (result !== 0) throw errorFromErrno(result, "the new member could not join");
    log.debug("Neighbor enrollment successful.");
    talk.end();
    done(DONE);
  };
  return talk;
}

/** The answer; with an error when it is a refusal. */
function answerTo(
  id: Uint8Array,
  { clock, configuration, encoding }: MemberParts,
): { bytes: Uint8Array; error?: OuroError } {
  const time = wallTime(clock.wall());
  try {
    const told = configuration();
    if (!told) throw new IpcpStateError("this IPCP is in no layer");
    const bytes = encodeLayerConfiguration(told, encoding);
    return { bytes: encodeEnrollmentResponse({ id, time, response: 0, configuration: bytes }) };
  } catch (thrown) {
    const error = asOuroError(thrown);
    return { bytes: encodeEnrollmentResponse({ id, time, response: -error.errno }), error };
  }
}
