import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { buildReport, type Report, type RunData, type StepDescription } from '../report/report.ts';
import { formatHtml } from '../report/html.ts';
import { formatJunit } from '../report/junit.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { headline } from '../report/sections.ts';
import { drain, maxDrainSeconds, type Baseline } from './drain.ts';
import { probeLag } from './probe.ts';
import { peakOf, scale, secondsOf, steady, toExecutor, type Load, type Step } from './profiles.ts';
import { settings, someTenant } from './run.ts';
import { setUp } from './set-up.ts';
import { ingestSlos, only, type Slo } from '../report/slo.ts';
import type { Tenant } from './tenants.ts';

export interface ScenarioDefinition {
  /** Of the files that hold its report. */
  name: string;
  /** What it shows, in one sentence. */
  about: string;
  /** One load that calls the default function, or several, each calling the export of its name. */
  load: Load | Record<string, Load>;
  /** Default: availability, latency and errors of POST /events, and the lag. */
  slos?: readonly Slo[];
  /** Whose lag is measured; default: of all tenants in turn. */
  probed?: () => Tenant;
  /** The steps of a ramp: separate in the report, and the first that breaks ends the run. */
  steps?: readonly Step[];
}

/** How often the lag is measured, a second. */
const probesPerSecond = 4;

/**
 * Makes a k6 script of a load and what it has to keep: a scenario file exports what is returned, and
 * the function that makes one request.
 */
export function scenario(definition: ScenarioDefinition) {
  const { name, about, slos = ingestSlos, probed = someTenant } = definition;
  const { loads, rates, time } = toLoads(definition.load);
  const loadSeconds = Math.max(...Object.values(loads).map(secondsOf));
  const steps = describeSteps(definition.steps ?? [], rates, time);
  const run = { name, about, url: settings.url, slos, loadSeconds, steps };
  /** The present step, for figures that are separated by it. */
  const tags = (): Record<string, string> => (steps.length > 0 ? { step: currentStep(steps) } : {});

  return {
    options: {
      scenarios: {
        ...Object.fromEntries(
          Object.entries(loads).map(([exec, load]) => [exec, toExecutor(load, exec)]),
        ),
        probe: toExecutor(steady({ rate: probesPerSecond, seconds: loadSeconds }), 'probe'),
      },
      thresholds: thresholdsOf(slos, steps),
      summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max', 'count'],
      setupTimeout: '60s',
      teardownTimeout: `${maxDrainSeconds + 60}s`,
    },
    setup: (): Prepared => ({ ...setUp(), loadStartedAtMs: Date.now() }),
    /** Measures the lag; runs beside the load. */
    probe: (): void => probeLag(probed(), tags()),
    teardown: (prepared: Prepared): void => {
      // A load that a threshold has ended early ends now.
      drain(prepared, Math.min(prepared.loadStartedAtMs + loadSeconds * 1_000, Date.now()));
    },
    handleSummary: (data: RunData): Record<string, string> =>
      writeReports(buildReport(run, data, new Date().toISOString())),
    tags,
  };
}

type Prepared = Baseline & { loadStartedAtMs: number };

function writeReports(report: Report): Record<string, string> {
  const markdown = formatMarkdown(report);
  const { outDir } = settings;
  // Of a load that did not begin, k6 prints the reason right below.
  const stdout = report.requests > 0 ? `\n${markdown}` : `\n${headline(report)}\n`;
  if (outDir === undefined) return { stdout };
  const file = (extension: string) => `${outDir}/${report.name}.${extension}`;
  return {
    stdout,
    [file('md')]: markdown,
    [file('html')]: formatHtml(report),
    [file('xml')]: formatJunit(report),
    [file('json')]: `${JSON.stringify(report, undefined, 2)}\n`,
  };
}

/** The loads by the name of their function, as RATE and DURATION want them. */
function toLoads(given: ScenarioDefinition['load']) {
  const named = 'phases' in given ? { default: given as Load } : given;
  const [first] = Object.values(named);
  if (!first) throw new Error('A scenario has a load.');
  const longest = Math.max(...Object.values(named).map(secondsOf));
  const rates = settings.rate === undefined ? 1 : settings.rate / peakOf(first);
  const time = settings.seconds === undefined ? 1 : settings.seconds / longest;
  const loads = Object.fromEntries(
    Object.entries(named).map(([exec, load]) => [exec, scale(load, rates, time)]),
  );
  return { loads, rates, time };
}

function describeSteps(steps: readonly Step[], rates: number, time: number): StepDescription[] {
  return steps.map(({ rate, seconds }, index) => {
    const step = String(index + 1);
    const slos = only(`step:${step}`, ingestSlos);
    return { step, requestsPerSecond: rate * rates, seconds: seconds * time, slos };
  });
}

function currentStep(steps: readonly StepDescription[]): string {
  const elapsed = (Date.now() - exec.scenario.startTime) / 1_000;
  let end = 0;
  const step = steps.find(({ seconds }) => (end += seconds) > elapsed);
  return step?.step ?? String(steps.length);
}

/** The promises of the run, and those of each step, which end it when they are broken. */
function thresholdsOf(slos: readonly Slo[], steps: readonly StepDescription[]) {
  const thresholds: NonNullable<Options['thresholds']> = {};
  for (const { metric, threshold } of slos) thresholds[metric] = [threshold];
  let end = 0;
  for (const { step, seconds, slos: kept } of steps) {
    end += seconds;
    const evaluated = { abortOnFail: true, delayAbortEval: `${Math.round(end)}s` };
    for (const { metric, threshold } of kept) thresholds[metric] = [{ threshold, ...evaluated }];
    // k6 keeps a figure apart only where a threshold names it.
    thresholds[`events_accepted{step:${step}}`] = ['count>=0'];
  }
  return thresholds;
}
