// Loaded into api and worker (node --import): twice a second it writes the longest pause of the event loop by
// the clock, and the most CPU time that its thread used between two turns at least 5 ms apart. The clock counts
// what other processes of the machine take, too; the CPU time does not.
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import { setInterval } from 'node:timers';

const { LOOP_DIR, PORT, OPS_PORT } = process.env;
const file = `${LOOP_DIR}/${PORT ?? OPS_PORT}.loop`;
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e3;
};
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
let lastMs = cpuMs();
let mostMs = 0;
setInterval(() => {
  const nowMs = cpuMs();
  mostMs = Math.max(mostMs, nowMs - lastMs);
  lastMs = nowMs;
}, 5).unref();
setInterval(() => {
  appendFileSync(file, `${Date.now()} ${delay.max / 1e6} ${mostMs}\n`);
  delay.reset();
  mostMs = 0;
}, 500).unref();
