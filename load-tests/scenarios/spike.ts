import { makeEvents } from './lib/events.ts';
import { post } from './lib/post.ts';
import { spike } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'spike',
  about: 'Within a second the load is tenfold, and gone again after twenty: what the queue is for.',
  load: spike({ rate: 10, peak: 100, seconds: 60 }),
});

export default function (): void {
  post(someTenant(), makeEvents(20));
}
