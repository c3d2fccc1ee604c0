import { awaitSchema } from '@event-platform/core/storage/await-schema';
import type { Logger } from '@event-platform/core/platform/logger';

/** Keeps a worker from taking jobs before its schema is there. */
export interface SchemaCheck {
  /** Resolves once every database has the schema: true, or false when the wait was given up. */
  opened: Promise<boolean>;
  /** Resolves after the first look: it is open, or what it waits for is known. */
  polled: Promise<unknown>;
  /** What it waits for; undefined once it is open. */
  waitsFor: () => string | undefined;
  giveUp: () => void;
}

/**
 * Waits for the migrations of this version in every database. The worker does so itself: an init container
 * would be another start of Node before each pod, while a backlog waits.
 */
export function startSchemaCheck(urls: readonly string[], logger: Logger): SchemaCheck {
  const controller = new AbortController();
  let reason: string | undefined = 'a first look';
  const refused = Promise.withResolvers<undefined>();
  const wait = async (url: string) => {
    const { host } = new URL(url);
    await awaitSchema(url, {
      signal: controller.signal,
      onWait(why) {
        reason = `${host}: ${why}`;
        logger.info({ host, reason: why }, 'waiting for the schema');
        refused.resolve(undefined);
      },
    });
  };
  async function open(): Promise<boolean> {
    try {
      await Promise.all(urls.map(wait));
    } catch (error) {
      if (controller.signal.aborted) return false;
      throw error;
    }
    if (controller.signal.aborted) return false;
    reason = undefined;
    return true;
  }
  const opened = open();
  return {
    opened,
    polled: Promise.race([opened, refused.promise]),
    waitsFor: () => reason,
    giveUp() {
      controller.abort();
    },
  };
}
