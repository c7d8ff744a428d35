import type { Series, Sources } from '../../../src/serve/api.ts';
import { counted, durationText, exactCount, percentText } from './format.ts';

/** Status is always colour, icon and word; the first two follow from `status`. */
export interface Verdict {
  readonly status: 'ok' | 'late' | 'alarm' | 'unknown' | 'info';
  readonly word: string;
  readonly sentence: readonly VerdictPart[];
}

/** A piece of the sentence; one with a page leads to what is behind it. */
interface VerdictPart {
  readonly text: string;
  readonly page?: string;
}

interface VerdictFacts {
  readonly series: Series;
  /** "in the last 24 h". */
  readonly rangeWords: string;
  /** True when the range reaches up to now. */
  readonly isUpToNow: boolean;
  /** Null when no request was ever seen. */
  readonly newestMs: number | null;
  readonly nowMs: number;
  /** Lines that could not be read, ever. */
  readonly rejects: number;
  readonly sources: Sources['rows'];
}

/** S3 delivers access logs within a few hours, most of them within one. */
const LATE_MS = 6 * 3_600_000;
const SERVER_ERROR_RATIO_ALARM = 0.01;

/** Says in one sentence what the facts amount to. */
export function verdictOf(facts: VerdictFacts): Verdict {
  return { ...stateOf(facts), sentence: [...trafficParts(facts), ...ageParts(facts), ...intakeParts(facts)] };
}

function stateOf(facts: VerdictFacts): Pick<Verdict, 'status' | 'word'> {
  const { requests, errors_5xx } = facts.series.totals;
  if (facts.sources.some((source) => source.state === 'failing'))
    return { status: 'alarm', word: 'A source fails' };
  if (requests > 0 && errors_5xx / requests >= SERVER_ERROR_RATIO_ALARM)
    return { status: 'alarm', word: 'Server errors' };
  if (requests === 0) return { status: 'unknown', word: 'No requests' };
  if (!facts.isUpToNow) return { status: 'info', word: 'Past' };
  if (facts.newestMs !== null && facts.nowMs - facts.newestMs > LATE_MS)
    return isFollowing(facts) ? LATE : { status: 'info', word: 'Past' };
  return { status: 'ok', word: 'Fine' };
}

const LATE = { status: 'late', word: 'Late' } as const;

/** True when some source is expected to bring more. */
function isFollowing(facts: VerdictFacts): boolean {
  return facts.sources.some((source) => source.state === 'waiting' || source.state === 'reading');
}

function trafficParts({ series, rangeWords }: VerdictFacts): VerdictPart[] {
  const { requests, errors_4xx, errors_5xx } = series.totals;
  if (requests === 0) return [{ text: `No requests ${rangeWords}` }];
  const counts: VerdictPart[] = [
    { text: counted(requests, 'request'), page: '/requests' },
    { text: ` ${rangeWords}, ` },
  ];
  const failed = errors_4xx + errors_5xx;
  if (failed === 0) return [...counts, { text: 'none failed' }];
  const share: VerdictPart = { text: `${percentText(failed / requests)} failed`, page: '/activity' };
  if (errors_5xx === 0) return [...counts, share];
  return [...counts, share, { text: ` (${exactCount(errors_5xx)} with a server error)` }];
}

function ageParts({ newestMs, nowMs }: VerdictFacts): VerdictPart[] {
  if (newestMs === null) return [];
  return [{ text: `; the last record is ${durationText(Math.max(0, nowMs - newestMs))} old` }];
}

function intakeParts({ rejects, sources }: VerdictFacts): VerdictPart[] {
  const failing = sources.filter((source) => source.state === 'failing').map((source) => source.name);
  const parts: VerdictPart[] = [];
  if (failing.length > 0)
    parts.push({ text: '; ' }, { text: `${failing.join(', ')} cannot be read`, page: '/sources' });
  if (rejects > 0)
    parts.push({ text: '; ' }, { text: `${counted(rejects, 'line')} could not be read`, page: '/sources' });
  return [...parts, { text: '.' }];
}
