import type { AlertCase } from './cases/alert-case.ts';
import { allCases } from './cases/all-cases.ts';
import { promtoolFile } from './cases/promtool-file.ts';
import { testRules, type PromtoolOutcome } from './promtool.ts';
import { ruleGroups } from './rule-groups.ts';
import { rulesYaml } from './rules-yaml.ts';
import { runbooksFolder } from './rule-files.ts';
import { plainScope } from './scope.ts';

/**
 * Runs the cases of alerts through promtool.
 *
 * @param rules text of the rules under test; those of the source unless told
 * @param cases all of them unless told
 */
export function runCases(
  rules = rulesYaml(ruleGroups(plainScope), { runbooks: runbooksFolder, labels: {} }),
  cases: readonly AlertCase[] = allCases,
): Promise<PromtoolOutcome> {
  const tests = promtoolFile(cases, 'rules.yaml', runbooksFolder);
  return testRules({ 'rules.yaml': rules, 'test.yaml': tests }, ['test.yaml']);
}
