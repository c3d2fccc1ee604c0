import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../lib/cli-error.ts';

const timeoutMs = 60_000;
const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What stands for a page in a document. */
export interface Screenshot {
  url: string;
  /** Where the PNG goes. */
  file: string;
  width: number;
  height: number;
}

/**
 * Takes a picture of a page, with a browser that knows nothing and asks nobody else.
 *
 * @throws CliError when there is no Chromium, or when it makes no picture
 */
export function takeScreenshot({ url, file, width, height }: Screenshot): void {
  const chromium = candidates.find((path) => existsSync(path));
  if (chromium === undefined) {
    throw new CliError(
      `There is no Chromium (${candidates.join(', ')}): apt-get install chromium.`,
    );
  }
  const profile = mkdtempSync(join(tmpdir(), 'event-platform-chromium-'));
  const target = resolve(file);
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { force: true });
  const { stderr } = spawnSync(
    chromium,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      `--user-data-dir=${profile}`,
      '--hide-scrollbars',
      `--window-size=${width},${height}`,
      // Pages that load what they show need a moment of their own clock.
      '--virtual-time-budget=5000',
      `--screenshot=${target}`,
      url,
    ],
    { encoding: 'utf8', timeout: timeoutMs },
  );
  rmSync(profile, { recursive: true, force: true });
  if (!existsSync(target)) throw new CliError(`Chromium makes no picture of ${url}:\n${stderr}`);
}
