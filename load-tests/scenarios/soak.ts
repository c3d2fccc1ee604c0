import { makeEvents } from './lib/events.ts';
import { post } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'soak',
  about: 'Ten minutes at the same rate: nothing may fill up, slow down or leak.',
  load: steady({ rate: 50, seconds: 600 }),
});

export default function (): void {
  post(someTenant(), makeEvents(20));
}
