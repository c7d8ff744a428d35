/** What section `cloudwatch` publishes, and what is wrong with it. */
import { type Publication, questionOf } from '../export/publication.ts';
import { Fault } from '../lib/fault.ts';
import { type Catalogue, catalogueOf } from '../metrics/catalogue.ts';
import { planOf } from '../metrics/plan.ts';
import type { BackupMetricNames } from '../monitors/backups/metrics.ts';
import type { SectionProblem } from './alarm-problems.ts';
import type { CloudWatchSection, Preset, PublicationSection } from './cloudwatch.ts';

const MINUTE_MS = 60_000;

interface Given {
  readonly cloudwatch: CloudWatchSection;
  readonly backups: { readonly metric: BackupMetricNames };
}

/** In the order of presets, then of the list. */
export function publicationsOf({ cloudwatch, backups }: Given): Publication[] {
  const catalogue = catalogueOf({ backups: backups.metric });
  const presets = [...new Set(cloudwatch.presets)].flatMap((preset) => presetOf(preset, backups.metric));
  return [...presets, ...cloudwatch.publish.map((section) => publicationOf(section, catalogue))];
}

/** Nothing when all of it can be published. */
export function publicationProblems(given: Given): SectionProblem[] {
  const catalogue = catalogueOf({ backups: given.backups.metric });
  const publications = publicationsOf(given);
  const presets = publications.length - given.cloudwatch.publish.length;
  return publications.flatMap((publication, at): SectionProblem[] => {
    const path = at < presets ? ['presets'] : ['publish', at - presets];
    const wrong = planProblem(publication, catalogue);
    if (wrong !== undefined) return [{ path: [...path, 'metric'], message: wrong }];
    if (publication.name === '')
      return [{ path: [...path, 'name'], message: 'is needed with an expression' }];
    const { namespace, name } = publication;
    const first = publications.findIndex((one) => one.namespace === namespace && one.name === name);
    return first === at
      ? []
      : [{ path: [...path, 'name'], message: `is that of another one in ${namespace}` }];
  });
}

function planProblem(publication: Publication, catalogue: Catalogue): string | undefined {
  try {
    const { periodMs } = publication;
    planOf({ ...questionOf(publication), startMs: 0, endMs: periodMs }, catalogue);
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `cannot be published. ${error.message}`;
  }
}

/** The name is empty where the expression has to be given one. */
function publicationOf(section: PublicationSection, catalogue: Catalogue): Publication {
  const { metric, statistic, where, period, namespace, dimensions } = section;
  const known = catalogue.get(metric);
  const unit = section.unit ?? (statistic === 'SampleCount' ? 'Count' : known?.unit);
  return {
    namespace,
    name: section.name ?? known?.name ?? '',
    metric,
    statistic,
    where,
    periodMs: period,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(unit === undefined ? {} : { unit }),
  };
}

/** The metrics of the systems that these stand in for, with their names, dimensions, units and periods. */
function presetOf(preset: Preset, { name, dimension }: BackupMetricNames): Publication[] {
  switch (preset) {
    case 'CRRMonitor': {
      const pair = { source: 'SourceBucket', destination: 'DestBucket' };
      const common = { namespace: 'CRRMonitor', where: {}, periodMs: 5 * MINUTE_MS };
      return [
        { metric: 'ReplicationObjects', statistic: 'Sum', dimensions: pair },
        { metric: 'ReplicationSpeed', statistic: 'Average', dimensions: pair },
        { metric: 'FailedReplications', statistic: 'Sum', dimensions: { source: 'SourceBucket' } },
      ].map((one) => ({ ...common, ...one, name: one.metric }));
    }
    case 'BackupsMonitoring':
      return [
        {
          namespace: 'BackupsMonitoring',
          name,
          metric: name,
          statistic: 'Sum',
          where: {},
          periodMs: MINUTE_MS,
          dimensions: { [dimension]: dimension },
          unit: 'Count',
        },
      ];
  }
}
