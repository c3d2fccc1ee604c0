import { describe, expect, test } from '@jest/globals';
import { createLiveness } from './liveness.ts';

function atClock() {
  let nowMs = 0;
  const liveness = createLiveness(1_000, () => nowMs);
  const after = (ms: number) => {
    nowMs += ms;
    return liveness.health();
  };
  return { liveness, after };
}

describe('a worker is live', () => {
  test('while it is idle, however long', () => {
    const { after } = atClock();
    expect(after(1e9)).toMatchObject({ ok: true, detail: { held_jobs: 0 } });
  });

  test('for a whole stall time from its first job on, also after a long idle time', () => {
    const { liveness, after } = atClock();
    after(1e9);
    liveness.started();
    expect(after(999).ok).toBe(true);
    expect(after(1)).toEqual({ ok: false, detail: { held_jobs: 1, idle_ms: 1_000 } });
  });

  test('while jobs leave or tries of a write end, well or badly', () => {
    const { liveness, after } = atClock();
    liveness.started();
    liveness.started();
    after(900);
    liveness.tried();
    expect(after(900).ok).toBe(true);
    liveness.ended();
    expect(after(900).ok).toBe(true);
  });

  test('again once the stuck jobs have left', () => {
    const { liveness, after } = atClock();
    liveness.started();
    expect(after(5_000).ok).toBe(false);
    liveness.ended();
    expect(after(5_000).ok).toBe(true);
  });
});

test('jobs that only come in do not hide that none leaves', () => {
  const { liveness, after } = atClock();
  liveness.started();
  for (let job = 0; job < 10; job++) {
    after(200);
    liveness.started();
  }
  expect(after(0)).toMatchObject({ ok: false, detail: { held_jobs: 11 } });
});
