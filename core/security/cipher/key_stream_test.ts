import assert from "node:assert/strict";
import fc from "fast-check";
import { BlockCipher } from "./block_cipher.ts";
import { KeyStream } from "./key_stream.ts";

const cipher = new BlockCipher(new Uint8Array(32).fill(7));

function nonceOf(flow: number, counter: number): Uint8Array {
  const nonce = new Uint8Array(12).fill(flow, 0, 8);
  new DataView(nonce.buffer).setUint32(8, counter);
  return nonce;
}

function expected(nonce: Uint8Array, blocks: number): string {
  const all = new Uint8Array(16 * blocks);
  for (let block = 0; block < blocks; block++) {
    all.set(nonce, 16 * block);
    new DataView(all.buffer).setUint32(16 * block + 12, block + 1);
  }
  return cipher.encrypt(all).toHex();
}

Deno.test("whatever nonces come, in whatever order and for whatever lengths: each has its blocks", () => {
  const step = fc.record({
    flow: fc.constantFrom(1, 1, 1, 2),
    ahead: fc.constantFrom(1, 1, 1, 1, 0, 2, -3, 2 ** 31),
    blocks: fc.constantFrom(2, 2, 2, 5, 90),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(0xffffffff), (steps, from) => {
      const stream = new KeyStream(cipher);
      let counter = from;
      for (const { flow, ahead, blocks } of steps) {
        counter = (counter + ahead) >>> 0;
        const nonce = nonceOf(flow, counter);
        assert.equal(stream.for(nonce, blocks).toHex(), expected(nonce, blocks));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("nonces that count let blocks be made for many packets at once; others only for one", () => {
  let calls = 0, made = 0;
  const counting = Object.assign(new BlockCipher(new Uint8Array(32)), {
    encrypt(blocks: Uint8Array): Uint8Array<ArrayBuffer> {
      calls++;
      made += blocks.length / 16;
      return new Uint8Array(blocks);
    },
  });
  const stream = new KeyStream(counting);
  for (let counter = 0; counter < 1000; counter++) {
    stream.for(nonceOf(1, counter), 90);
    stream.confirm();
  }
  assert(calls < 50, `${calls} calls`);
  calls = made = 0;
  for (let counter = 0; counter < 1000; counter++) stream.for(nonceOf(1, 7919 * counter), 90);
  assert(made <= 1000 * 90 + 90 * 90, `${made} blocks`);
  calls = made = 0;
  for (let counter = 0; counter < 1000; counter++) stream.for(nonceOf(2, counter), 90);
  assert(made <= 1000 * 90 + 90 * 90, `forged packets: ${made} blocks`);
});
