import express, { type Express } from 'express';

/** The Express that the comparison servers share: as lean as the api's, without any middleware. */
export function createServerApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz/ready', (_request, response) => {
    response.json({ ok: true });
  });
  return app;
}

/** Listens on 127.0.0.1 at PORT, until a signal ends the process. */
export function serve(app: Express): void {
  app.listen(Number(process.env['PORT']), '127.0.0.1', (error) => {
    if (error) throw error;
  });
}
