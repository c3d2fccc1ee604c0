import { Redis } from 'ioredis';
import { runService } from '@event-platform/shared/platform/run-service';
import { parseApiConfig } from '../../../services/api/src/config.ts';
import type { Admission } from '../../../services/api/src/limit/admission.ts';
import {
  AdmissionRes,
  SlidingWindowLimiter,
} from '../../../services/api/src/limit/sliding-window-limiter.ts';
import { startApi } from '../../../services/api/src/start-api.ts';
import { keepParts, parseParts } from './admission-parts.ts';

// The api as it is, with those parts of the account's protection that BENCH_PROTECTION names, and no
// others: everything else is the same code in every run. Without any part Redis is not asked at all.
const parts = parseParts(process.env['BENCH_PROTECTION'] ?? '');

if (parts.length === 0) {
  const admission: Admission = { verdict: 'admitted', used: 0, waitMs: 0, priority: 1 };
  const admitted = Promise.resolve(new AdmissionRes(admission, 1));
  SlidingWindowLimiter.prototype.consumeRequest = () => admitted;
} else {
  const define = Reflect.get(Redis.prototype, 'defineCommand');
  Redis.prototype.defineCommand = function (name, { lua, ...rest }) {
    const script = name === 'admitEvents' ? keepParts(lua, parts) : lua;
    define.call(this, name, { ...rest, lua: script });
  };
}

await runService({ name: 'api', readConfig: parseApiConfig, start: startApi });
