/** The types that KEDA's redis scaler can count, by the last part of BullMQ's key. */
const typesByState: Record<string, string> = {
  wait: 'list',
  active: 'list',
  prioritized: 'zset',
  delayed: 'zset',
};

/**
 * Checks that the keys which the scaler watches are those of the queue. A wrong name is the silent
 * kind of mistake: KEDA counts a key that does not exist as empty, and nothing ever scales. An empty
 * queue has no such keys either, so the proof is its `meta` hash, which BullMQ keeps beside them.
 *
 * @param names every listName of the ScaledObject
 * @param typeOf Redis' TYPE: `none` when there is no such key
 * @returns one line for each key, for the log of the test
 * @throws Error with a sentence for the first key that is not the queue's
 */
export async function checkScalerKeys(
  names: readonly string[],
  typeOf: (key: string) => Promise<string>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const name of names) {
    const queue = name.slice(0, name.lastIndexOf(':'));
    const state = name.slice(queue.length + 1);
    const wanted = Object.hasOwn(typesByState, state) ? typesByState[state] : undefined;
    if (wanted === undefined) throw new Error(`The scaler watches ${name}, no state of a queue.`);
    const found = await typeOf(name);
    if (found !== wanted && found !== 'none') {
      throw new Error(`The scaler watches ${name}, which is a ${found} and not a ${wanted}.`);
    }
    if ((await typeOf(`${queue}:meta`)) !== 'hash') {
      throw new Error(`The scaler watches ${name}, but no queue has its keys under ${queue}.`);
    }
    lines.push(`${name}: ${found === 'none' ? `empty ${wanted}` : found} of a queue of BullMQ`);
  }
  return lines;
}
