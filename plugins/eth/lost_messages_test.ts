/** Tests of allocations whose messages get lost on Ethernet. @module */
import assert from "node:assert/strict";
import { EthWorld, forBoth, HASH } from "../testing/ethernet.ts";

for (const [what, index] of [["request", 3], ["reply", 4]] as const) {
  forBoth(`a ${what} that gets lost costs a second, and makes no second flow`, (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    let frames = 0;
    world.segment.impairment = () => ++frames === index ? [] : [0];
    two.register();
    const flow = one.allocate();
    assert.equal(flow.reply?.response, 0);
    assert(world.time.now() > 1000 && world.time.now() < 1200, `${world.time.now()}`);
    assert.deepEqual([two.requests.length, two.offered.length], [1, 1]);
  });
}

forBoth("when a quarter of all messages get lost, flows come up, one for each request", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  let frames = 0;
  for (let count = 1; count <= 20; count++) {
    if (!one.finds()) continue;
    world.segment.impairment = () => Math.sin(++frames * 7919) > 0.7 ? [] : [0];
    const flow = one.allocate();
    world.segment.impairment = undefined;
    assert.equal(flow.reply?.response, 0);
    one.deallocate(flow);
  }
  assert.equal(two.requests.length, 20);
});

forBoth("a station that is not of our kind never gets a request again", (type) => {
  const world = new EthWorld(type);
  const [one, other] = [world.station(), world.peer()];
  other.onMessage = (message, from) => {
    if (message.code === "query") other.say({ code: "answer", hash: message.hash }, from);
  };
  const flow = one.allocate(HASH);
  assert.notEqual(flow.reply?.response, 0);
  assert.equal(other.messages("request").length, 1);
  const marked = other.heard.filter(({ message }) => message.code === "query" && message.marked);
  assert(marked.length > 0 && marked.every(({ group }) => !group));
});

forBoth("a name that its station has given up costs some seconds, not the whole time", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  assert.equal(one.finds(), true);
  two.unregister();
  const before = world.time.now();
  const flow = one.allocate();
  assert.equal(flow.reply?.response, -110);
  assert(world.time.now() - before < 7000, `${world.time.now() - before}`);
});
