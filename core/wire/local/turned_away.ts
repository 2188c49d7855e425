/**
 * Connections to data sockets that were none of a flow, as processes tell the IRMd.
 *
 * @module
 */
import type { Uid } from "../../contract/ids.ts";
import { readUid } from "./connect_json.ts";
import { type Fields, fieldsOf, integer, list, optional } from "./fields.ts";

/** Users that one message tells of, at most. */
const MAX_USERS = 1024;
/** The largest count that is believed. */
const MAX_COUNT = 1e9;

/** Those of one user. */
export interface TurnedAway {
  /** Undefined where it is not known whose they were. */
  readonly user: Uid | undefined;
  /** They said something else than hello, or nothing. */
  readonly failed: number;
  /** They were closed unheard, as too many had failed. */
  readonly unheard: number;
}

/** The notification that tells of them. */
export const TURNED_AWAY = "data.turnedAway";

/** Makes the parameters of the notification. */
export const turnedAwayToJson = (all: readonly TurnedAway[]): Fields => ({
  users: all.map(({ user, failed, unheard }) => ({ uid: user, failed, unheard })),
});

/** Reads the parameters. @throws InvalidError when they are not valid */
export const readTurnedAway = (params: Fields): readonly TurnedAway[] =>
  list(params, "users", MAX_USERS, (from, key) => {
    const fields = fieldsOf(from[key], key);
    return {
      user: optional(fields, "uid", readUid),
      failed: integer(fields, "failed", 0, MAX_COUNT),
      unheard: integer(fields, "unheard", 0, MAX_COUNT),
    };
  });
