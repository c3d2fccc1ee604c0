import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import express from 'express';
import { createHttpServer } from './http-server.ts';

test('requests and answers have the prototypes of Express from the start, and its methods work', async () => {
  const app = express();
  const seen: object[] = [];
  app.use((request, response, next) => {
    seen.push(Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object);
    next();
  });
  app.get('/x', (request, response) => {
    response.status(201).json({ host: request.get('host') !== undefined, q: request.query['q'] });
  });
  const server = createHttpServer(app, { headersMs: 5_000, requestMs: 5_000 });
  const made: object[] = [];
  server.prependListener('request', (request, response) => {
    made.push(Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object);
    expect(request).toBeInstanceOf(IncomingMessage);
    expect(response).toBeInstanceOf(ServerResponse);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/x?q=1`);
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ host: true, q: '1' });
  expect(made).toHaveLength(2);
  expect(seen).toHaveLength(2);
  made.forEach((prototype, index) => expect(prototype).toBe([app.request, app.response][index]));
  seen.forEach((prototype, index) => expect(prototype).toBe(made[index]));
  server.close();
  server.closeAllConnections();
});
