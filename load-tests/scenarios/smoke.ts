import { makeEvents } from './lib/events.ts';
import { post } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'smoke',
  about: 'Does it work? A few requests, every promise, the whole ledger.',
  load: steady({ rate: 5, seconds: 10 }),
});

export default function (): void {
  post(someTenant(), makeEvents(10));
}
