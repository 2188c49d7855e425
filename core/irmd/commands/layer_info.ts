/**
 * What an IPCP answers when it has become a member of a layer.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { LayerInfo } from "../tables/records.ts";
import { fieldsOf, name } from "../../wire/local/fields.ts";
import { asOuroError } from "../../contract/errors.ts";

/**
 * Reads the answer.
 *
 * @throws ProtocolError
 */
export function readLayerInfo(answer: unknown): LayerInfo {
  try {
    const fields = fieldsOf(answer, "the answer");
    return { layer: name(fields, "layer"), hash: name(fields, "hash") };
  } catch (thrown) {
    throw new ProtocolError(`the IPCP gave a wrong answer: ${asOuroError(thrown).message}`);
  }
}
