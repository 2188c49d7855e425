/**
 * Carries out what a configuration file asks for, in its order. What cannot be done yet holds nothing up for long.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { Done } from "../../contract/outcome.ts";
import type { Timers } from "../../contract/ports.ts";
import type { Wish } from "./intention.ts";
import { isFault } from "./keeper.ts";

/** Milliseconds after which the next request is begun, although the one before has not come to an end. */
const PATIENCE = 1000;

/**
 * Begins all requests, each when the one before has come to an end, at the latest after a second.
 *
 * @param run begins one, and answers once
 * @param fault called with what can never work; nothing is begun after that
 * @returns what tells how many have not come to an end
 */
export function follow<Request extends Wish>(
  requests: readonly Request[],
  timers: Timers,
  run: (request: Request, done: Done<unknown>) => void,
  fault: (error: OuroError, request: Request) => void,
): () => number {
  let answered = 0;
  const begin = (index: number) => {
    const request = requests[index];
    if (!request) return;
    let passed = false;
    const pass = () => {
      if (passed) return;
      passed = true;
      patience.cancel();
      begin(index + 1);
    };
    const patience = timers.after(PATIENCE, pass);
    run(request, (outcome) => {
      answered++;
      if (outcome.ok || !isFault(request, outcome.error)) return pass();
      passed = true;
      patience.cancel();
      fault(outcome.error, request);
    });
  };
  begin(0);
  return () => requests.length - answered;
}
