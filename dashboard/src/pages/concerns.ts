import { useWrongAlarms } from '../lib/alarm-queries.ts';
import { isAboutBucket } from '../lib/alarm-words.ts';
import { useAllBackups } from '../lib/backup-queries.ts';
import { seriesOfBucket, unlistedOf } from '../lib/backup-words.ts';
import { useCompleteness, useStorms } from '../lib/activity-queries.ts';
import { useSeriesBefore } from '../lib/before-query.ts';
import type { Series } from '../../../src/serve/api.ts';
import { parseTime } from '../lib/format.ts';
import type { ApiProblem } from '../lib/api.ts';
import { visibleText } from '../lib/visible.ts';
import { useRejects } from '../lib/ledger-queries.ts';
import { useNowMs } from '../lib/now.ts';
import { useAllPairs, useSources } from '../lib/queries.ts';
import { pairsOfBucket } from '../lib/replication-words.ts';
import { useView } from '../routes/view.tsx';
import { concernsOf, type Concern } from './attention.ts';

export interface Concerns {
  readonly rows: readonly Concern[];
  /** True while an answer that may add to them is awaited. */
  readonly isPending: boolean;
}

/** What could not be looked at may be wrong too. */
function unknownConcern(what: string, problem: ApiProblem): Concern {
  return {
    id: `unknown ${what}`,
    status: 'late',
    title: `${what} could not be looked at`,
    evidence: visibleText(`${problem.title}: ${problem.message}`),
    firstStep: 'It is asked again by itself. The log of the server has the reason.',
    path: '/activity',
    params: {},
  };
}

/** What is wrong in the view's bucket and range, and with the sources. */
export function useConcerns(series: Series | null): Concerns {
  const { isLive, status, bucket } = useView();
  const nowMs = useNowMs();
  const before = useSeriesBefore();
  const storms = useStorms();
  const sources = useSources(isLive);
  const completeness = useCompleteness();
  const replication = useAllPairs();
  const backups = useAllBackups();
  const alarms = useWrongAlarms();
  const rejects = useRejects(null, { limit: 1, isLive });
  const rows = concernsOf({
    alarms: (alarms.data?.rows ?? []).filter((alarm) => isAboutBucket(alarm, bucket)),
    series,
    before: before.data ?? null,
    storms: storms.data ?? null,
    sources: sources.data?.rows ?? [],
    completeness: completeness.data ?? null,
    pairs: pairsOfBucket(replication.data?.rows ?? [], bucket),
    backups: seriesOfBucket(backups.data?.rows ?? [], bucket),
    unlisted: unlistedOf(backups.data ?? { discovering: [] }).filter(
      (one) => bucket === null || one.bucket === bucket,
    ),
    rejects: { count: status.facts.rejects, newestMs: parseTime(rejects.rows[0]?.loaded_at) },
    nowMs,
  });
  const looked = { alarms, storms, sources, completeness, replication, backups, 'errors before': before };
  const unknown = Object.entries(looked).flatMap(([what, { error }]) =>
    error === null ? [] : [unknownConcern(what, error)],
  );
  const isPending = [alarms, before, storms, sources, completeness, replication, backups, rejects].some(
    (answer) => answer.isPending,
  );
  return { rows: [...rows, ...unknown], isPending };
}
