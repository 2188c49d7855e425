/**
 * Enrollment, the side of the new member: asks for the layer's configuration, joins, and says how it went.
 *
 * @module
 */
import { asOuroError, errorFromErrno, IpcpTypeError, ProtocolError } from "../../contract/errors.ts";
import type { Ports } from "../../contract/ports.ts";
import {
  decodeEnrollmentResponse,
  encodeEnrollmentAck,
  encodeEnrollmentRequest,
  ENROLLMENT_ID_BYTES,
  type EnrollmentResponse,
  millisecondsOf,
} from "../../wire/layer/enrollment_message.ts";
import {
  decodeLayerConfiguration,
  type LayerEncoding,
  type ToldConfiguration,
} from "../../wire/layer/layer_config.ts";
import type { Conversation } from "./conversation.ts";

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
  join(configuration: ToldConfiguration): void;
  /** Called once when it has joined. */
  joined(): void;
}

/** Asks, once connected. The conversation is still to be ended when this IPCP has joined. */
export function askForConfiguration(talk: Conversation, parts: EnrolleeParts): void {
  const { clock, random, log, destination } = parts;
  const id = random.bytes(ENROLLMENT_ID_BYTES);
  const asked = { wall: clock.wall(), now: clock.now() };
  log.debug("Getting boot information.");
  const report = (result: number) => {
    if (talk.send(encodeEnrollmentAck({ id, result }))) return;
    log.warning(
      `Could not tell "${destination}" how the enrollment went: the flow to it is down, or its queue is full.`,
    );
  };
  talk.expect({
    what: `enrollment information from "${destination}"`,
    patient: true,
    read: (message) => {
      const answer = decodeEnrollmentResponse(message);
      if (answer.id.every((byte, index) => byte === id[index])) return { answer, bytes: message.length };
      throw new ProtocolError(`"${destination}" answered another enrollment than this one`);
    },
    take: ({ answer, bytes }) => {
      const configuration = accepted(answer, parts);
      log.debug(`Received enrollment info (${bytes} bytes).`);
      const apart = Math.abs(asked.wall - millisecondsOf(answer.time)) - (clock.now() - asked.now);
      if (apart > CLOCK_TOLERANCE) {
        log.warning(`The clocks of this host and of "${destination}" differ by ${Math.round(apart)} ms.`);
      }
      try {
        parts.join(configuration);
      } catch (thrown) {
        const error = asOuroError(thrown);
        report(-error.errno);
        throw error;
      }
      // Whoever has joined is a member, whether the other side hears of it or not.
      report(0);
      parts.joined();
    },
  });
  talk.send(encodeEnrollmentRequest({ id }));
}

function accepted(
  { response, configuration: bytes }: EnrollmentResponse,
  { type, encoding, destination }: EnrolleeParts,
): ToldConfiguration {
  if (response !== 0) throw errorFromErrno(response, `"${destination}" refuses the enrollment`);
  if (!bytes) throw new ProtocolError(`"${destination}" tells nothing of its layer`);
  const configuration = decodeLayerConfiguration(bytes, encoding);
  if (configuration.type !== type) {
    throw new IpcpTypeError(`"${destination}" is in a layer of type ${configuration.type}, not ${type}`);
  }
  return configuration;
}
