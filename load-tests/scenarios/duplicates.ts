import { makeEvents } from './lib/events.ts';
import { post } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'duplicates',
  about: 'Every request is sent twice, as after a lost answer: each event is stored once.',
  load: steady({ rate: 20, seconds: 60 }),
});

export default function (): void {
  const tenant = someTenant();
  const events = makeEvents(20);
  const first = post(tenant, events);
  // What was not taken the first time is no duplicate the second time.
  if (first.accepted === events.length) post(tenant, events, { isRepeat: true });
}
