import { escapeMarkup } from './escape.ts';
import type { Report } from './report.ts';

/** The report as JUnit XML for a CI: each promise is a test, and so is the ledger. */
export function formatJunit(report: Report): string {
  const { name, slos, ledger, result, loadSeconds } = report;
  const isLedgerGood = ledger.problems.length === 0;
  const others = result.reasons.filter(
    (reason) =>
      !ledger.problems.includes(reason) && !slos.some(({ title }) => reason.startsWith(title)),
  );
  const cases = [
    ...slos.map(({ title, target, actual, isMet }) =>
      testCase(name, `${title} ${target}`, isMet ? undefined : actual),
    ),
    testCase(name, 'the ledger balances', isLedgerGood ? undefined : ledger.problems.join('; ')),
    testCase(name, 'the load was sent as planned', others.join('; ') || undefined),
  ];
  const failures = cases.filter((one) => one.includes('<failure')).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="load ${escapeMarkup(name)}" tests="${cases.length}" failures="${failures}" time="${loadSeconds.toFixed(1)}">
${cases.join('\n')}
</testsuite>
</testsuites>
`;
}

function testCase(suite: string, title: string, failure: string | undefined): string {
  const opening = `<testcase classname="load.${escapeMarkup(suite)}" name="${escapeMarkup(title)}"`;
  if (failure === undefined) return `${opening}/>`;
  return `${opening}><failure message="${escapeMarkup(failure)}"/></testcase>`;
}
