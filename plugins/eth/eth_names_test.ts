/** Tests of how names are found on Ethernet. @module */
import assert from "node:assert/strict";
import { nameHash } from "../../core/contract/ids.ts";
import { EthWorld, forBoth, HASH, NONE, OTHER } from "../testing/ethernet.ts";

forBoth("a name is asked for again and again; nobody has it when all are silent for 3 s", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const times: number[] = [];
  world.segment.onSend = () => times.push(world.time.now());
  const start = world.time.now();
  assert.equal(station.finds(OTHER), false);
  assert.deepEqual(times.map((time) => time - start), [0, 60, 160, 360, 760, 1560]);
  assert.equal(world.time.now() - start, 3000);
  station.deallocate(station.allocate(OTHER));
  assert.equal(station.upper.open, 0);
});

forBoth("a first look-up over 600 ms each way finds the name, within three round trips", (type) => {
  for (const delay of [150, 600]) {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    two.register();
    world.segment.impairment = () => [delay];
    const start = world.time.now();
    assert(one.finds());
    assert(world.time.now() - start < 3 * 2 * delay);
  }
});

forBoth("one lost query, or one lost answer, does not matter", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  let frames = 0;
  world.segment.impairment = () => ++frames === 1 ? [] : [0];
  assert(one.finds());
});

forBoth("a known name costs no frame; askers at the same time share a query", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  const answers: unknown[] = [];
  let frames = 0;
  world.segment.onSend = () => frames++;
  for (let count = 0; count < 3; count++) {
    one.layer.query(HASH, (outcome) => answers.push(outcome.ok && outcome.value));
  }
  world.wait(5);
  assert.deepEqual([answers, frames], [[true, true, true], 2]);
  assert(one.finds());
  assert.equal(frames, 2);
});

forBoth("a query to one station is answered, too; a name that was taken back is not", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const peer = world.peer();
  station.register();
  peer.say({ code: "query", hash: HASH }, station.device.address);
  peer.say({ code: "query", hash: OTHER }, station.device.address);
  world.wait(5);
  assert.deepEqual(peer.messages("answer"), [{ code: "answer", hash: HASH }]);
  station.unregister();
  peer.say({ code: "query", hash: HASH });
  world.wait(5);
  assert.equal(peer.messages("answer").length, 1);
});

forBoth("answers that nobody has asked for are dropped", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const peer = world.peer();
  peer.say({ code: "answer", hash: HASH }, station.device.address);
  world.wait(5);
  assert.equal(station.finds(), false);
  assert.equal(station.dropped.strayAnswer, 1);
});

forBoth("an answer that is late for the one who asked serves the next", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  world.segment.impairment = () => [1600];
  assert.equal(one.finds(), false);
  world.wait(300);
  let frames = 0;
  world.segment.onSend = () => frames++;
  assert(one.finds());
  assert.equal(frames, 0);
});

forBoth("the first of several answers wins; another is asked when that one refuses", (type) => {
  const world = new EthWorld(type);
  const [one, two, three] = [world.station(), world.station(), world.station()];
  for (const station of [two, three]) station.register();
  world.segment.impairment = (_frame, from) => [from === two.device ? 5 : 0];
  assert(one.finds());
  world.wait(50);
  three.accept({ response: -1009, data: NONE });
  assert.equal(one.allocate().reply?.response, 0);
  assert.deepEqual([two.requests.length, three.requests.length], [1, 1]);
});

forBoth("a name that has moved without a word is found where it is now", (type) => {
  const world = new EthWorld(type);
  const [one, two, three] = [world.station(), world.station(), world.station()];
  two.register();
  assert(one.finds());
  two.unregister();
  three.register();
  const start = world.time.now();
  const flow = one.allocate();
  assert.equal(flow.reply?.response, 0);
  assert.equal(three.offered.length, 1);
  assert(world.time.now() - start < 3500, "the old place is given three seconds");
  assert.equal(one.allocate().reply?.response, 0);
  assert.equal(three.offered.length, 2, "the old place is forgotten");
});

forBoth("what was heard of a name is forgotten after a minute", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  assert(one.finds());
  two.unregister();
  world.wait(59_000);
  assert(one.finds());
  world.wait(1000);
  assert.equal(one.finds(), false);
});

forBoth("nobody who answers makes the allocation fail in time", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  two.ignore();
  const start = world.time.now();
  const flow = one.allocate();
  assert.equal(flow.reply?.response, -110);
  const taken = world.time.now() - start;
  assert(taken >= 19_900 && taken <= 20_500, `it took ${taken} ms`);
  assert.equal(two.requests.length, 1, "a request is never sent twice");
});

forBoth("many names that are looked for at once are limited", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const failures: string[] = [];
  for (let count = 0; count < 1100; count++) {
    const hash = nameHash(count.toString(16).padStart(64, "0"));
    station.layer.query(hash, (outcome) => outcome.ok || failures.push(outcome.error.message));
  }
  assert.deepEqual([failures.length, failures[0]], [76, "1024 names are being looked for already"]);
  world.wait(2500);
  assert.equal(station.finds(OTHER), false);
});
