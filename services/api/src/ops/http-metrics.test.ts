import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import { Registry } from 'prom-client';
import supertest from 'supertest';
import { requestContextOf } from '../http/request-context.ts';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { createHttpMetrics } from './http-metrics.ts';

let registry: Registry;
let server: Server;
let arrived = 0;

beforeEach(async () => {
  registry = new Registry();
  arrived = 0;
  const app = express();
  const classOf = (accountId: string) => (accountId === 'whale' ? 'raised' : 'standard');
  app.use(createHttpMetrics({ registry, classOf, onRequest: () => undefined }));
  app.get('/accounts/:id/summary', (_request, response) => void response.json({}));
  app.post('/events', (_request, response) => void response.status(202).end());
  app.get('/fails/:how', (request, response) => {
    const context = requestContextOf(response);
    context.accountId = 'whale';
    if (request.query['fault'] === 'system') context.fault = 'system';
    response.status(Number(request.params.how)).end();
  });
  app.get('/cached/:how', (request, response) => {
    requestContextOf(response).cache = request.params.how;
    response.end();
  });
  app.get('/hangs', () => {
    arrived++;
  });
  app.use((_request, response) => void response.status(404).end());
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
});

async function count(labels: string): Promise<number> {
  const found = new RegExp(`^http_requests_total\\{${labels}[^}]*\\} (\\d+)$`, 'm');
  return Number(found.exec(await registry.metrics())?.[1] ?? 0);
}

test('requests are counted under their route pattern, not their path', async () => {
  await supertest(server).get('/accounts/a/summary').expect(200);
  await supertest(server).get('/accounts/b/summary?window=1h').expect(200);
  await supertest(server).post('/events').expect(202);
  await eventually(async () => {
    expect(await count('method="GET",route="/accounts/:id/summary",status="200"')).toBe(2);
    expect(await count('method="POST",route="/events",status="202"')).toBe(1);
  });
});

test('paths without a route share one series', async () => {
  for (const path of ['/wp-admin', '/.env', '/accounts/x']) await supertest(server).get(path);
  await eventually(async () => {
    expect(await count('method="GET",route="unmatched",status="404"')).toBe(3);
  });
  expect(await registry.metrics()).not.toContain('wp-admin');
});

test('a client that hangs up is counted as 499', async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => arrived === 1);
  socket.destroy();
  await eventually(async () => {
    expect(await count('method="GET",route="/hangs",status="499"')).toBe(1);
  });
});

test('every failure says whose fault it is, and the class of the account', async () => {
  await supertest(server).get('/fails/503').expect(503);
  await supertest(server).get('/fails/429').expect(429);
  await supertest(server).get('/fails/429?fault=system').expect(429);
  await supertest(server).get('/fails/202?fault=system').expect(202);
  await supertest(server).post('/events').expect(202);
  const failed = (status: number, fault: string) =>
    count(
      `method="GET",route="/fails/:how",status="${status}",fault="${fault}",account_class="raised"`,
    );
  await eventually(async () => {
    expect(await failed(503, 'system')).toBe(1);
    expect(await failed(429, 'tenant')).toBe(1);
    expect(await failed(429, 'system')).toBe(1);
    expect(await failed(202, 'system')).toBe(1);
    expect(
      await count('method="POST",route="/events",status="202",fault="none",account_class="none"'),
    ).toBe(1);
  });
});

test('summaries are timed apart by where they came from, with a bucket at each objective', async () => {
  await supertest(server).get('/cached/hit').expect(200);
  await supertest(server).get('/cached/miss').expect(200);
  await eventually(async () => {
    const text = await registry.metrics();
    for (const cache of ['hit', 'miss']) {
      expect(text).toContain(
        `summary_duration_seconds_count{cache="${cache}",account_class="none"} 1`,
      );
      expect(text).toMatch(
        new RegExp(
          `summary_duration_seconds_bucket\\{le="0.3",cache="${cache}",account_class="none"\\}`,
        ),
      );
      expect(text).toMatch(
        new RegExp(
          `summary_duration_seconds_bucket\\{le="1",cache="${cache}",account_class="none"\\}`,
        ),
      );
    }
  });
});

test('durations fall into the buckets of the objectives', async () => {
  await supertest(server).post('/events').expect(202);
  await eventually(() => count('method="POST",route="/events",status="202"'));
  const text = await registry.metrics();
  const buckets = [...text.matchAll(/http_request_duration_seconds_bucket\{le="([^"]+)"/g)].map(
    ([, bucket]) => bucket,
  );
  expect(buckets).toEqual(['0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']);
  expect(text).toMatch(
    /http_request_duration_seconds_count\{method="POST",route="\/events",status="202",account_class="none"\} 1/,
  );
});
