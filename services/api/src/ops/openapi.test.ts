import { describe, expect, test } from '@jest/globals';
import type { RequestHandler } from 'express';
import { Registry } from 'prom-client';
import type { oas31 } from 'zod-openapi';
import { requestErrors } from '@event-platform/core/event/errors';
import { createLogger } from '@event-platform/core/platform/logger';
import { createApp } from '../app.ts';
import { ingestAdapters } from '../routes/catalogue.ts';
import { createStatusRouter } from '../status/status-route.ts';
import { createDocsRouter } from './docs-route.ts';
import { createOpenApiDocument } from './openapi.ts';
import { createOpsRouter } from './ops-router.ts';
import { schemaOf } from './testing/schema-of.ts';

const document = createOpenApiDocument();
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, oas31.OperationObject>).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

/** What express keeps of its routes, as far as it matters here. */
interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return routesOf(handle.stack ?? []);
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const methods = Object.keys(route.methods).filter((method) => method !== '_all');
    return methods.map((method) => `${method.toUpperCase()} ${path}`);
  });
}

function allRoutes(): string[] {
  const pass: RequestHandler = (_request, _response, next) => next();
  const healthy = () => ({ ok: true, detail: {} });
  const app = createApp({
    logger: createLogger('test', 'silent'),
    trustedProxies: [],
    requestTimeoutMs: 1_000,
    authenticate: () => pass,
    ipGuard: pass,
    countRequests: pass,
    drainBody: () => Promise.resolve(),
    ingest: ingestAdapters.map((route) => ({ route, handler: pass })),
    summary: pass,
    receipt: pass,
    ledger: pass,
    status: createStatusRouter(() => {
      throw new Error('Not called');
    }, Date.now),
    docs: createDocsRouter(),
    ops: createOpsRouter({ live: healthy, ready: healthy, registry: new Registry() }),
  });
  return routesOf((app.router as unknown as { stack: Layer[] }).stack);
}

describe('the OpenAPI document', () => {
  test('describes every route of the api, and no other', () => {
    expect(operations.map(({ name }) => name).sort()).toEqual(allRoutes().sort());
  });

  test('names every code of the catalogue at some operation, under its status', () => {
    const named = new Set<string>();
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        for (const code of (response as { 'x-codes'?: string[] })['x-codes'] ?? []) {
          named.add(code);
          if (status === 'default') continue;
          expect([code, requestErrors[code as keyof typeof requestErrors].status]).toEqual([
            code,
            Number(status),
          ]);
        }
      }
    }
    expect([...named].sort()).toEqual(Object.keys(requestErrors).sort());
  });

  test('gives examples that its own schemas accept', () => {
    let examples = 0;
    const check = (content: oas31.ContentObject = {}) => {
      for (const media of Object.values(content)) {
        const named = Object.values(media.examples ?? {}).map((example) =>
          'value' in example ? (example.value as unknown) : undefined,
        );
        for (const value of [media.example as unknown, ...named]) {
          if (value === undefined) continue;
          examples++;
          expect(schemaOf(document, media.schema).safeParse(value).error).toBeUndefined();
        }
      }
    };
    for (const { operation } of operations) {
      check((operation.requestBody as oas31.RequestBodyObject | undefined)?.content);
      for (const response of Object.values(operation.responses ?? {})) {
        check((response as oas31.ResponseObject).content);
      }
    }
    expect(examples).toBeGreaterThan(20);
  });

  test('gives each operation a name of its own', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(operations.length);
  });

  test('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name = ''] of references) {
      expect(Object.keys(document.components?.schemas ?? {})).toContain(name);
    }
  });
});
