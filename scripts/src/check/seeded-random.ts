const modulus = 2 ** 31 - 1;
const multiplier = 48_271;

/** Numbers from 0 up to `below`, the same for the same seed (Park and Miller's minimal standard). */
export function seededRandom(seed: number): (below: number) => number {
  let state = (seed % (modulus - 1)) + 1;
  return (below) => {
    state = (state * multiplier) % modulus;
    return state % below;
  };
}
