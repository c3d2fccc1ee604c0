import { Router } from 'express';
import type { Status } from '@event-platform/core/storage/status/status';
import { onlyMethods } from '../http/method-guard.ts';
import { pagePolicy } from '../http/page-policy.ts';
import { createStatusPage } from './status-page.ts';
import { statusStyle } from './status-style.ts';

const statusPolicy = pagePolicy(statusStyle);

/** Made anew at most this often, however many ask. */
const freshMs = 5_000;

/**
 * GET /status and GET /status.json, without a key.
 *
 * @param read the status as of now, from memory
 * @param now clock in epoch milliseconds
 */
export function createStatusRouter(read: () => Status, now: () => number): Router {
  let made = { atMs: -Infinity, page: '', json: '' };
  const current = () => {
    if (now() - made.atMs >= freshMs) {
      const status = read();
      made = { atMs: now(), page: createStatusPage(status), json: JSON.stringify(status) };
    }
    return made;
  };
  const router = Router();
  const serve = (path: string, type: string, body: () => string, policy: string) =>
    router
      .route(path)
      .get((_request, response) => {
        response.setHeader('Content-Type', type);
        response.setHeader('Cache-Control', `public, max-age=${freshMs / 1_000}`);
        response.setHeader('Content-Security-Policy', policy);
        response.end(body());
      })
      .all(onlyMethods('GET'));
  serve('/status', 'text/html; charset=utf-8', () => current().page, statusPolicy);
  serve(
    '/status.json',
    'application/json; charset=utf-8',
    () => current().json,
    `default-src 'none'`,
  );
  return router;
}
