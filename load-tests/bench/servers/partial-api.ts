import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { runService } from '@event-platform/core/platform/run-service';
import { parseApiConfig } from '@event-platform/api/config/config';
import { AdmissionClient, type Admission } from '@event-platform/api/admission/admission-client';
import { startApi } from '@event-platform/api/start-api';
import { keepParts, parseParts } from './admission-parts.ts';

// The api as it is, with those parts of the account's protection that BENCH_PROTECTION names, and no
// others: everything else is the same code in every run. Without any part Redis is not asked at all.
const parts = parseParts(process.env['BENCH_PROTECTION'] ?? '');

if (parts.length === 0) {
  const admission: Admission = { decision: 'admitted', used: 0, waitMs: 0, priority: 1 };
  const admitted = Promise.resolve(admission);
  AdmissionClient.prototype.admit = () => admitted;
} else {
  const file = new URL('../../../services/api/src/admission/admit.lua', import.meta.url);
  const whole = readFileSync(file, 'utf8');
  const kept = keepParts(whole, parts);
  const digestOf = (text: string) => createHash('sha1').update(text).digest('hex');
  const instead = new Map([
    [whole, kept],
    [digestOf(whole), digestOf(kept)],
  ]);
  // `createScript` calls a script by its digest or with its text.
  const call = Reflect.get(Redis.prototype, 'call') as (...args: unknown[]) => Promise<unknown>;
  Reflect.set(Redis.prototype, 'call', function (this: Redis, command: string, list: unknown[]) {
    const [script, ...rest] = list;
    return call.call(this, command, [instead.get(script as string) ?? script, ...rest]);
  });
}

await runService({ name: 'api', readConfig: parseApiConfig, start: startApi });
