import { makeEvents } from './lib/events.ts';
import { post } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'steady',
  about: 'An ordinary minute: 1,000 events a second in requests of 20.',
  load: steady({ rate: 50, seconds: 60 }),
});

export default function (): void {
  post(someTenant(), makeEvents(20));
}
