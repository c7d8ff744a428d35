import type { Storms } from '../../../src/serve/activity-api.ts';
import type { Completeness, Series } from '../../../src/serve/api.ts';
import type { Alarm } from '../lib/alarm-row.ts';
import { inOrder as alarmsInOrder, inState, needsAttention } from '../lib/alarm-words.ts';
import type { BackupSeries, Backups } from '../lib/backup-row.ts';
import {
  inOrder,
  isWrong as isWrongBackup,
  SERIES_WORDS,
  seriesKey,
  seriesTitle,
} from '../lib/backup-words.ts';
import type { SourceRow } from '../lib/source-row.ts';
import { counted, durationText, exactCount, percentText, relativeText } from '../lib/format.ts';
import type { Pair } from '../lib/replication-row.ts';
import { isWrong, pairTitle } from '../lib/replication-words.ts';
import { visibleText } from '../lib/visible.ts';
import { STORM_KINDS, stormEvidence } from './activity/storm-words.ts';

/** Something that is wrong, or may be, with what says so and what to do first. */
export interface Concern {
  readonly id: string;
  readonly status: 'alarm' | 'late';
  /** What is wrong, for a sentence: begins with a lower-case letter where it is no name. */
  readonly title: string;
  readonly evidence: string;
  readonly firstStep: string;
  /** The page of the evidence and what to set in its address. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | null>>;
  /** The alarm that says it, where one does. */
  readonly alarm?: Alarm;
  /** Labels of alarms that say the same, `definition` being one of them. */
  readonly about?: Readonly<Record<string, string>>;
}

/** What is known; null for what has not been answered (yet). */
export interface ConcernFacts {
  /** Those of the bucket in view. */
  readonly alarms: readonly Alarm[];
  readonly series: Series | null;
  /** The same length of time before, at the same hours. */
  readonly before: Series | null;
  readonly storms: Storms | null;
  readonly sources: readonly SourceRow[];
  readonly completeness: Completeness | null;
  readonly pairs: readonly Pair[];
  readonly backups: readonly BackupSeries[];
  /** Buckets of backups that could not be listed. */
  readonly unlisted: Backups['discovering'];
  readonly rejects: {
    /** Lines that could not be read, ever. */
    readonly count: number;
    /** When the last of them came, null for never. */
    readonly newestMs: number | null;
  };
  readonly nowMs: number;
}

/** A share of errors is worth a word when it is this high, and this many times what is usual. */
const RISES = [
  {
    field: 'errors_5xx',
    status: 'alarm',
    ratioMin: 0.005,
    countMin: 20,
    filter: '5xx',
    noun: 'server errors',
  },
  {
    field: 'errors_4xx',
    status: 'late',
    ratioMin: 0.05,
    countMin: 100,
    filter: '4xx',
    noun: 'refused requests',
  },
] as const;
const RISE_FACTOR = 3;
/** Without something to compare with, this share of server errors is too much. */
const SERVER_ERROR_RATIO = 0.01;
/** Logs come within hours: a storm that ended this long ago may just have been seen. */
const RECENT_STORM_MS = 6 * 3_600_000;
const FRESH_REJECT_MS = 24 * 3_600_000;

/** Everything that is wrong, what is worst first. */
export function concernsOf(facts: ConcernFacts): readonly Concern[] {
  const found = [
    ...facts.sources.flatMap(sourceConcerns),
    ...facts.pairs.filter(isWrong).map(pairConcern),
    ...inOrder(facts.backups).filter(isWrongBackup).map(backupConcern),
    ...facts.unlisted.map(unlistedConcern),
    ...riseConcerns(facts),
    ...(facts.storms?.rows ?? []).map((storm) => stormConcern(storm, facts.nowMs)),
    ...(facts.completeness === null ? [] : completenessConcerns(facts.completeness)),
    ...rejectConcern(facts),
  ];
  const wrong = inState(facts.alarms, 'ALARM');
  const alarms = alarmsInOrder(wrong.filter(needsAttention)).map(alarmConcern);
  // What an alarm says is not said again, nor what somebody has in hand.
  const others = found.filter((concern) => !wrong.some((alarm) => isSaidBy(alarm, concern)));
  return [...alarms, ...others].toSorted((one, other) => rank(one) - rank(other));
}

function isSaidBy({ definition, labels }: Alarm, { about }: Concern): boolean {
  if (about === undefined) return false;
  const all = new Map(Object.entries({ ...labels, definition }));
  return Object.entries(about).every(([name, value]) => all.get(name) === value);
}

function alarmConcern(alarm: Alarm): Concern {
  return {
    id: `alarm ${alarm.alarm}`,
    status: alarm.severity === 'critical' ? 'alarm' : 'late',
    title: visibleText(alarm.title),
    evidence: visibleText(alarm.sentence),
    firstStep: visibleText(alarm.first_step),
    path: '/alarms',
    params: { alarm: alarm.alarm },
    alarm,
  };
}

function rank(concern: Concern): number {
  return concern.status === 'alarm' ? 0 : 1;
}

function sourceConcerns(row: SourceRow): Concern[] {
  const name = visibleText(row.name);
  const place = { path: '/sources', params: { source: row.name } };
  const about = (id: string) => ({ definition: `intake/${id}`, source: row.name });
  const found: Concern[] = [];
  // What is being read may be what was missed.
  if (row.verdict === 'failing' || (row.verdict === 'silent' && row.state !== 'reading'))
    found.push({
      id: `source ${row.name}`,
      status: 'alarm',
      title: row.verdict === 'failing' ? `source ${name} cannot be read` : `source ${name} is silent`,
      evidence: visibleText(row.verdict_reason),
      firstStep:
        row.verdict === 'failing'
          ? 'Check that it is still there and that the credentials may read it.'
          : 'Check that whoever delivers there still does, and under the same name.',
      ...place,
      about: about(row.verdict),
    });
  const dead = row.queue?.dead_letters ?? 0;
  if (dead > 0)
    found.push({
      id: `dead letters ${row.name}`,
      status: 'alarm',
      title: `${counted(dead, 'dead letter')} behind ${name}`,
      evidence: 'Messages were given up on after too many tries.',
      firstStep: 'Look at one of them, mend what it says, and send them back to the queue.',
      ...place,
      about: about('dead-letters'),
    });
  const parked = row.parked ?? 0;
  if (parked > 0)
    found.push({
      id: `parked ${row.name}`,
      status: 'late',
      title: `${counted(parked, 'message')} of ${name} parked`,
      evidence: 'They announce no log and are no event.',
      firstStep: 'See what sends them: the queue should have one use.',
      ...place,
      about: about('parked'),
    });
  return found;
}

function pairConcern(pair: Pair): Concern {
  const isFailing = pair.verdict === 'failing';
  return {
    id: `pair ${pair.id}`,
    status: isFailing ? 'alarm' : 'late',
    title: `replication ${pairTitle(pair)} ${isFailing ? 'fails' : 'lags'}`,
    evidence: visibleText(pair.sentence),
    firstStep: isFailing
      ? 'See the causes: each has what mends it and the permission that is missing. S3 does not try again by itself.'
      : 'See whether more is written than usual or less arrives, and what has waited longest.',
    path: '/replication',
    params: { pair: pair.id },
    about: { pair: pair.id },
  };
}

/** What to do first about each verdict that is wrong. */
const BACKUP_STEPS: Readonly<Partial<Record<BackupSeries['verdict'], string>>> = {
  missing: 'See whether the job ran, and whether it may still write to the bucket.',
  'wrong-content': 'See what the file begins with: an error page or a cut-off dump in its place is common.',
  incomplete: 'See which members came, and whether the job of the others ran.',
  'too-small': 'See what the job left out. Where the size is right from now on, accept it.',
  'too-large': 'See what was added. Where the size is right from now on, accept it.',
  duplicate: 'See whether the job backed up anything new, or copied its last result again.',
  late: 'See how long the job takes: where it has grown slower, give it more grace.',
};

function backupConcern(row: BackupSeries): Concern {
  const { status, word } = SERIES_WORDS[row.verdict];
  const said = row.verdict === 'wrong-content' ? 'has wrong content' : `is ${word.toLowerCase()}`;
  return {
    id: `backup ${seriesKey(row)}`,
    status: status === 'alarm' ? 'alarm' : 'late',
    title: `backup ${seriesTitle(row)} ${row.verdict === 'duplicate' ? 'is a duplicate' : said}`,
    evidence: visibleText(row.sentence),
    firstStep: BACKUP_STEPS[row.verdict] ?? '',
    path: '/backups',
    params: { series_bucket: row.bucket, series: row.series },
    about: { bucket: row.bucket, series: row.series },
  };
}

function unlistedConcern({ bucket, problem }: Backups['discovering'][number]): Concern {
  return {
    id: `unlisted ${bucket}`,
    status: 'late',
    title: `bucket ${visibleText(bucket)} cannot be listed for its backups`,
    evidence: visibleText(problem),
    firstStep: 'Check that it is still there and that the credentials may list it.',
    path: '/backups',
    params: {},
  };
}

function riseConcerns({ series, before }: ConcernFacts): Concern[] {
  if (series === null || series.totals.requests === 0) return [];
  return RISES.flatMap((rise) => {
    const count = series.totals[rise.field];
    const ratio = count / series.totals.requests;
    const usual =
      before === null || before.totals.requests === 0
        ? null
        : before.totals[rise.field] / before.totals.requests;
    const isTooMuch =
      usual === null ? rise.filter === '5xx' && ratio >= SERVER_ERROR_RATIO : ratio >= usual * RISE_FACTOR;
    if (ratio < rise.ratioMin || count < rise.countMin || !isTooMuch) return [];
    const than = usual === null ? '' : `, against ${percentText(usual)} before`;
    return [
      {
        id: rise.field,
        status: rise.status,
        title: `more ${rise.noun} than usual`,
        evidence: `${percentText(ratio)} of the requests${than}: ${exactCount(count)}.`,
        firstStep: 'See which bucket, operation and requester they have in common.',
        path: '/requests',
        params: { http_status: rise.filter },
      },
    ];
  });
}

function stormConcern(storm: Storms['rows'][number], nowMs: number): Concern {
  const isRecent = nowMs - Date.parse(storm.ended) < RECENT_STORM_MS;
  const kind = STORM_KINDS[storm.kind];
  return {
    id: `storm ${storm.kind} ${storm.bucket} ${storm.started}`,
    status: storm.kind === '503' && isRecent ? 'alarm' : 'late',
    title: `storm of ${storm.kind} in ${visibleText(storm.bucket)}`,
    evidence: `${exactCount(storm.requests)} in ${durationText(Date.parse(storm.ended) - Date.parse(storm.started))}: ${stormEvidence(storm)}.`,
    firstStep: kind.advice,
    path: '/requests',
    params: { ...storm.filters, range: null, since: storm.started, until: storm.ended },
  };
}

function completenessConcerns({ rows, trails }: Completeness): Concern[] {
  const place = { path: '/sources', params: { part: 'completeness' } };
  const broken = trails.filter((trail) => trail.verdict === 'broken');
  const incomplete = rows.filter(
    // A broken trail is said once, not again for each of its buckets.
    (row) => row.verdict === 'incomplete' && (row.trail.verdict !== 'broken' || row.delivery.gaps.length > 0),
  );
  return [
    ...broken.map((trail) => ({
      id: `trail ${trail.account_id} ${trail.region} ${trail.trail}`,
      status: 'alarm' as const,
      title: `trail ${visibleText(trail.trail)} does not verify`,
      evidence: visibleText(trail.sentence),
      firstStep:
        'See which files are missing or altered, and who could write to the bucket they are kept in.',
      ...place,
    })),
    ...incomplete.map((row) => ({
      id: `completeness ${row.bucket}`,
      status: 'late' as const,
      title: `logs of ${visibleText(row.bucket)} are incomplete`,
      evidence: visibleText(row.sentence),
      firstStep: 'See which hours are missing, and load them again from where they are kept.',
      ...place,
    })),
  ];
}

function rejectConcern({ rejects, nowMs }: ConcernFacts): Concern[] {
  const { count, newestMs } = rejects;
  if (count === 0 || newestMs === null || nowMs - newestMs > FRESH_REJECT_MS) return [];
  return [
    {
      id: 'rejects',
      status: 'late',
      title: `${counted(count, 'line')} could not be read`,
      evidence: `The last one came ${relativeText(newestMs, nowMs)}. They are kept whole.`,
      firstStep: 'Look at the marked bytes: a broken writer, or a format that is new.',
      path: '/sources',
      params: { part: 'rejects' },
      about: { definition: 'intake/rejects' },
    },
  ];
}
