import { Router } from 'express';
import { answerOps, type OpsRoutes } from '@event-platform/core/platform/ops-server';
import { onlyMethods } from '../http/method-guard.ts';

/** The operational paths beside those of the tenants, where they have no port of their own. */
export function createOpsRouter(routes: OpsRoutes): Router {
  const router = Router();
  for (const path of ['/healthz/live', '/healthz/ready', '/metrics']) {
    router
      .route(path)
      .get(async (_request, response) => {
        const answer = await answerOps(path, routes);
        if (!answer) throw new Error(`The path ${path} has no answer`);
        response.statusCode = answer.status;
        response.setHeader('Content-Type', answer.contentType);
        response.setHeader('Cache-Control', 'no-store');
        response.end(answer.body);
      })
      .all(onlyMethods('GET'));
  }
  return router;
}
