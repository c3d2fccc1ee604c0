import type { AlertCase, SilentCase } from './alert-case.ts';
import { allCases } from './all-cases.ts';
import { silentCases } from './budget-cases.ts';
import { promtoolFiles, type RulesUnderTest } from './promtool-files.ts';
import { testRules, type PromtoolOutcome } from '../promtool.ts';
import { ruleGroups } from '../rule-groups.ts';
import { rulesYaml } from '../rules-yaml.ts';
import { runbooksFolder } from '../rule-files.ts';
import { plainScope } from '@event-platform/cli/slo/scope';

/**
 * Runs the cases of alerts through promtool.
 *
 * @param rules text of the rules under test; those of the source unless told
 * @param cases all of them unless told
 * @param silent what must not fire, beside that of the cases; all unless told
 * @param about for whom the rules are; for a single installation unless told
 */
export function runCases(
  rules = rulesYaml(ruleGroups(plainScope), { runbooks: runbooksFolder, labels: {} }),
  cases: readonly AlertCase[] = allCases,
  silent: readonly SilentCase[] = silentCases,
  about: Omit<RulesUnderTest, 'text'> = { runbooks: runbooksFolder },
): Promise<PromtoolOutcome> {
  const files = promtoolFiles(cases, silent, { text: rules, ...about });
  return testRules(
    files,
    Object.keys(files).filter((name) => name.endsWith('.test.yaml')),
  );
}
