import { createHash } from 'node:crypto';
import { Router } from 'express';
import { onlyMethods } from '../http/method-guard.ts';
import { createDocsPage } from './docs-page.ts';
import { style } from './docs/style.ts';
import { createOpenApiDocument } from './openapi.ts';

const styleHash = createHash('sha256').update(style).digest('base64');

/** The page may apply its own style sheet and do nothing else: no script, no request, no frame. */
const pagePolicy = [
  `default-src 'none'`,
  `style-src 'sha256-${styleHash}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

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
      response.setHeader('Content-Security-Policy', pagePolicy);
      response.end(page);
    })
    .all(onlyMethods('GET'));
  return router;
}
