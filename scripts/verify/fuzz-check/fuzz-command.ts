import { resolveApiUrl } from '@event-platform/cli/lib/api-url-option';
import { formatCount, formatTable, printable } from '@event-platform/cli/lib/table';
import { startProgress } from '@event-platform/cli/lib/progress';
import { fuzz, type FuzzResult } from './fuzz.ts';

export interface FuzzOptions {
  url?: string;
  key?: string;
  requests: number;
  concurrency: number;
  seed: number;
}

const shownFindings = 10;

/**
 * Sends mutated requests and reports.
 *
 * @returns true when every answer is one that the contract names
 */
export async function fuzzCommand(options: FuzzOptions): Promise<boolean> {
  const { requests, concurrency, seed } = options;
  const progress = startProgress('sent', requests);
  const result = await fuzz({
    ...{ requests, concurrency, seed },
    url: resolveApiUrl(options.url),
    apiKey: options.key,
    onProgress: (done) => progress.update(done),
  });
  progress.stop();
  console.log(formatFuzz(result, options));
  return result.findings.length === 0;
}

function formatFuzz({ statuses, findings }: FuzzResult, { requests, seed }: FuzzOptions): string {
  const rows = [...statuses].toSorted(([a], [b]) => a - b);
  const table = formatTable(
    ['status', 'answers'],
    rows.map(([status, count]) => [status === 0 ? 'none' : String(status), count]),
  );
  const found = findings
    .slice(0, shownFindings)
    .flatMap(({ number, what, request }) => [
      `request ${number}: ${what}`,
      `  ${request.method} ${request.path} ${JSON.stringify(request.headers)}`,
      `  ${printable((request.body ?? Buffer.alloc(0)).toString('utf8')).slice(0, 300)}`,
    ]);
  const end =
    findings.length === 0
      ? `All ${formatCount(requests)} answers are as the contract names them (seed ${seed}).`
      : `${formatCount(findings.length)} of ${formatCount(requests)} answers are not in the contract (seed ${seed}).`;
  return [table, '', ...found, end].join('\n');
}
