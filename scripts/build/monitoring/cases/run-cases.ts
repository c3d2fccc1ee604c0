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
 * @param rules text of the rules under test; by default those of the source
 * @param cases by default all
 * @param silent alerts that must not fire, beside those of the cases; by default all
 * @param about what the rules select; by default a single installation
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
