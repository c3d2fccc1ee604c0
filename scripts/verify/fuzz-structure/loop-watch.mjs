// Loaded into api and worker (node --import): appends the longest pause of the event loop twice a second.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setInterval } from 'node:timers';

const { LOOP_DIR, PORT, OPS_PORT } = process.env;
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
setInterval(() => {
  appendFileSync(`${LOOP_DIR}/${PORT ?? OPS_PORT}.loop`, `${Date.now()} ${delay.max / 1e6}\n`);
  delay.reset();
}, 500).unref();
