/**
 * Enrollment, the side of the new member: asks for the layer's configuration, joins, and says how it went.
 *
 * @module
 */
import { asOuroError, errorFromErrno, IpcpTypeError, ProtocolError } from "../../contract/errors.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { LayerConfiguration } from "../../contract/membership.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { Ports } from "../../contract/ports.ts";
import {
  decodeEnrollmentResponse,
  encodeEnrollmentAck,
  encodeEnrollmentRequest,
  ENROLLMENT_ID_BYTES,
  type EnrollmentResponse,
  millisecondsOf,
} from "../../wire/layer/enrollment_message.ts";
import { decodeLayerConfiguration, type LayerEncoding } from "../../wire/layer/layer_config.ts";
import { Conversation } from "./conversation.ts";

/** Milliseconds in which the member must answer. */
const ANSWER_LIMIT = 1000;
/** Milliseconds by which the two clocks may differ without a warning. */
const CLOCK_TOLERANCE = 20;

/** What the new member works with. */
export interface EnrolleeParts extends Ports {
  /** Type of this IPCP. */
  readonly type: string;
  /** How the configuration is read. */
  readonly encoding: LayerEncoding;
  /** Name that was dialled, for errors. */
  readonly destination: string;
  /** Joins the layer, or throws. */
  join(configuration: LayerConfiguration): void;
  /** Called once. */
  readonly done: Done;
}

/** Asks. Returns the conversation, to be ended when the flow goes. */
export function askForConfiguration(flow: LowerFlow, parts: EnrolleeParts): Conversation {
  const { clock, timers, random, log, destination, done } = parts;
  const talk = new Conversation(flow, timers, (error) => done(failure(error)));
  const id = random.bytes(ENROLLMENT_ID_BYTES);
  const asked = { wall: clock.wall(), now: clock.now() };
  log.debug("Getting boot information.");
  talk.expect({
    what: `enrollment information from "${destination}"`,
    within: ANSWER_LIMIT,
    take: (message) => {
      const answer = decodeEnrollmentResponse(message);
      const configuration = accepted(answer, id, parts);
      log.debug(`Received enrollment info (${message.length} bytes).`);
      const apart = Math.abs(asked.wall - millisecondsOf(answer.time)) - (clock.now() - asked.now);
      if (apart > CLOCK_TOLERANCE) {
        log.warning(`The clocks of this host and of "${destination}" differ by ${Math.round(apart)} ms.`);
      }
      join(configuration);
    },
  });
  const join = (configuration: LayerConfiguration) => {
    try {
      parts.join(configuration);
    } catch (thrown) {
      const error = asOuroError(thrown);
      flow.send(encodeEnrollmentAck({ id, result: -error.errno }));
      throw error;
    }
    // Whoever has joined is a member, whether the other side hears of it or not.
    if (!flow.send(encodeEnrollmentAck({ id, result: 0 }))) {
      log.warning(`Could not tell "${destination}" that the enrollment succeeded.`);
    }
    talk.end();
    done(DONE);
  };
  talk.start(encodeEnrollmentRequest({ id }));
  return talk;
}

function accepted(
  { id, response, configuration: bytes }: EnrollmentResponse,
  asked: Uint8Array,
  { type, encoding, destination }: EnrolleeParts,
): LayerConfiguration {
  if (id.some((byte, index) => byte !== asked[index])) {
    throw new ProtocolError(`"${destination}" answered another enrollment than this one`);
  }
  if (response !== 0) throw errorFromErrno(response, `"${destination}" refuses the enrollment`);
  if (!bytes) throw new ProtocolError(`"${destination}" tells nothing of its layer`);
  const configuration = decodeLayerConfiguration(bytes, encoding);
  if (configuration.type !== type) {
    throw new IpcpTypeError(`"${destination}" is in a layer of type ${configuration.type}, not ${type}`);
  }
  return configuration;
}
