/** The series that the rules select: those of one release, or all. */
export interface Scope {
  /** Label matchers that every series of the platform has, such as `namespace="events"`. */
  matchers: readonly string[];
  /** Labels that recorded series and alerts get, so that the matchers find them too. */
  labels: Readonly<Record<string, string>>;
  /**
   * Matchers of KEDA's series, one set for each way they may be labelled: Prometheus renames KEDA's
   * own `namespace` to `exported_namespace` unless it is configured to honour labels.
   */
  kedaMatchers: readonly (readonly string[])[];
}

/** For a Prometheus that scrapes one installation. */
export const plainScope: Scope = { matchers: [], labels: {}, kedaMatchers: [[]] };

/** Replaced by the chart, whose own templates cannot hold Prometheus' braces. */
export const chartTokens = {
  namespace: '__NAMESPACE__',
  scaledObject: '__SCALED_OBJECT__',
  runbooks: '__RUNBOOKS__',
} as const;

/** For one release of the chart in a cluster that may have several. */
export const chartScope: Scope = {
  matchers: [`namespace="${chartTokens.namespace}"`],
  labels: { namespace: chartTokens.namespace },
  kedaMatchers: ['namespace', 'exported_namespace'].map((label) => [
    `${label}="${chartTokens.namespace}"`,
    `scaledObject="${chartTokens.scaledObject}"`,
  ]),
};

/** A selector of PromQL: the name, the scope's matchers and the given ones. */
export function select({ matchers }: Scope, name: string, ...own: string[]): string {
  return selector(name, [...matchers, ...own]);
}

/** One selector of KEDA's series for each way they may be labelled. */
export function selectKeda({ kedaMatchers }: Scope, name: string): string[] {
  return kedaMatchers.map((matchers) => selector(name, matchers));
}

function selector(name: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
}
