import { runTool } from '../../../build/chart/run-tool.ts';

/** What every namespace has of its own, and what is no object of anybody. */
const notOwn =
  /^(configmap\/kube-root-ca\.crt|serviceaccount\/default|event(\.events\.k8s\.io)?\/.*|podmetrics?\.metrics\.k8s\.io\/.*)$/;

/** Objects of any kind that are still in a namespace, as `kind/name`. */
export function leftovers(namespace: string): string[] {
  const kinds = runTool('kubectl', [
    'api-resources',
    '--verbs=list,delete',
    '--namespaced',
    '-o',
    'name',
  ]);
  if (!kinds.ok) throw new Error(kinds.said);
  const all = kinds.stdout.trim().split('\n').join(',');
  const found = runTool('kubectl', [
    'get',
    all,
    '-n',
    namespace,
    '-o',
    'name',
    '--ignore-not-found',
  ]);
  if (!found.ok) throw new Error(found.said);
  return found.stdout.split('\n').filter((line) => line !== '' && !notOwn.test(line));
}
