import { makeEvents } from './lib/events.ts';
import { post } from './lib/post.ts';
import { ramp, staircase } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';

const steps = staircase({ from: 50, to: 1_600, steps: 9, seconds: 108 });

export const { options, setup, teardown, handleSummary, probe, tags } = scenario({
  name: 'breakpoint',
  about: 'More from step to step, until a promise breaks: where the knee is.',
  load: ramp(steps),
  steps,
  // Thresholds are meant to break; the result is that nothing gets lost meanwhile.
  slos: [],
});

export default function (): void {
  post(someTenant(), makeEvents(50), { tags: tags() });
}
