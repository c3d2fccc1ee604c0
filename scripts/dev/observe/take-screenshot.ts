import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail } from '@event-platform/testkit/servers/log-tail';
import {
  spawnSupervised,
  type SupervisedProcess,
} from '@event-platform/testkit/servers/supervised-process';
import { z } from 'zod';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { ChromiumPage } from './chromium-page.ts';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const pollIntervalMs = 100;
const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What stands for a page in a document. */
export interface Screenshot {
  url: string;
  /** Where the PNG goes. */
  file: string;
  /** Of the window, in pixels; the picture is as high as the page. */
  width: number;
}

/**
 * Takes a picture of a whole page, with a browser that knows nothing and asks nobody else.
 *
 * @throws CliError when there is no Chromium, or when it makes no picture
 */
export async function takeScreenshot({ url, file, width }: Screenshot): Promise<void> {
  const chromium = candidates.find((path) => existsSync(path));
  if (chromium === undefined) {
    throw new CliError(
      `There is no Chromium (${candidates.join(', ')}): apt-get install chromium.`,
    );
  }
  const profile = mkdtempSync(join(tmpdir(), 'event-platform-chromium-'));
  const browser = await startChromium(chromium, profile);
  try {
    const page = await ChromiumPage.at(await portOf(browser, profile));
    const picture = await capture(page, url, width);
    // Else it leaves its helpers, which the end of its first process does not reach.
    await page.ask('Browser.close', {}, z.object({}));
    await browser.exited;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, picture);
  } finally {
    await browser.stop(stopTimeoutMs);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function startChromium(command: string, profile: string): Promise<SupervisedProcess> {
  return spawnSupervised({
    command,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      '--hide-scrollbars',
      `--user-data-dir=${profile}`,
      '--remote-debugging-port=0',
      'about:blank',
    ],
    env: process.env,
    cwd: profile,
    logFile: join(profile, 'chromium.log'),
    stopSignal: 'SIGTERM',
  });
}

/** Chromium chooses a port and writes it down. */
async function portOf(browser: SupervisedProcess, profile: string): Promise<number> {
  const file = join(profile, 'DevToolsActivePort');
  const deadline = performance.now() + startTimeoutMs;
  while (browser.exit === undefined && performance.now() < deadline) {
    const [port] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (Number(port) > 0) return Number(port);
    await sleep(pollIntervalMs);
  }
  throw new CliError(`Chromium does not start:\n${logTail(join(profile, 'chromium.log'), 15)}`);
}

const evaluated = z.object({ result: z.object({ value: z.unknown() }) });
const metrics = z.object({ cssContentSize: z.object({ height: z.number() }) });

/** Loads the page, and pictures all of it, also what is below the window. */
async function capture(page: ChromiumPage, url: string, width: number): Promise<Buffer> {
  const size = (height: number) =>
    page.ask(
      'Emulation.setDeviceMetricsOverride',
      { width, height, deviceScaleFactor: 1, mobile: false },
      z.object({}),
    );
  await size(100);
  const { errorText } = await page.ask(
    'Page.navigate',
    { url },
    z.object({ errorText: z.string().optional() }),
  );
  if (errorText !== undefined) throw new CliError(`Chromium cannot open ${url}: ${errorText}`);
  const isLoaded = `document.readyState === 'complete' && location.href !== 'about:blank'`;
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const { result } = await page.ask('Runtime.evaluate', { expression: isLoaded }, evaluated);
    if (result.value === true) break;
    if (performance.now() > deadline) throw new CliError(`${url} does not finish loading.`);
    await sleep(pollIntervalMs);
  }
  const { cssContentSize } = await page.ask('Page.getLayoutMetrics', {}, metrics);
  await size(Math.ceil(cssContentSize.height));
  const { data } = await page.ask(
    'Page.captureScreenshot',
    { format: 'png' },
    z.object({ data: z.string() }),
  );
  return Buffer.from(data, 'base64');
}
