import { Router } from 'express';
import { onlyMethods } from '../http/method-guard.ts';
import { pagePolicy } from '../http/page-policy.ts';
import { createDocsPage } from './docs-page.ts';
import { style } from './docs/style.ts';
import { createOpenApiDocument } from './openapi.ts';

const policy = pagePolicy(style);

/** GET /openapi.json and GET /docs, both written once, at the start. */
export function createDocsRouter(): Router {
  const document = createOpenApiDocument();
  const json = JSON.stringify(document);
  const page = createDocsPage(document);
  const router = Router();
  router
    .route('/openapi.json')
    .get((_request, response) => {
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      response.end(json);
    })
    .all(onlyMethods('GET'));
  router
    .route('/docs')
    .get((_request, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Content-Security-Policy', policy);
      response.end(page);
    })
    .all(onlyMethods('GET'));
  return router;
}
