import type { Series, Sources } from '../../../src/serve/api.ts';
import { capitalised, counted, durationText, percentText } from './format.ts';

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
  /** What to set in that page's address. */
  readonly params?: Readonly<Record<string, string | null>>;
}

/** Something that is wrong, and where its evidence is. */
interface VerdictConcern {
  readonly status: 'alarm' | 'late';
  /** For the middle of a sentence. */
  readonly title: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string | null>>;
}

interface VerdictFacts {
  readonly series: Pick<Series, 'totals'>;
  /** "in the last 24 h". */
  readonly rangeWords: string;
  /** True when the range reaches up to now. */
  readonly isUpToNow: boolean;
  /** Null when no request was ever seen. */
  readonly newestMs: number | null;
  readonly nowMs: number;
  /** What is wrong, the worst first. */
  readonly concerns: readonly VerdictConcern[];
  readonly sources: Sources['rows'];
}

/** S3 delivers access logs within a few hours, most of them within one. */
const LATE_MS = 6 * 3_600_000;
/** More than these are counted, not named. */
const NAMED_MAX = 2;

/** Says in one sentence what the facts amount to: what is wrong first, then how much there was. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const wrong = concernParts(facts);
  const traffic = trafficParts(facts);
  const sentence = [...wrong, ...traffic, ...ageParts(facts), { text: '.' }];
  return { ...stateOf(facts), sentence };
}

function stateOf(facts: VerdictFacts): Pick<Verdict, 'status' | 'word'> {
  const worst = facts.concerns[0];
  if (worst?.status === 'alarm') return { status: 'alarm', word: 'Alarm' };
  if (worst !== undefined) return { status: 'late', word: 'Look at this' };
  if (facts.series.totals.requests === 0) return { status: 'unknown', word: 'No requests' };
  if (!facts.isUpToNow) return { status: 'info', word: 'Past' };
  if (facts.newestMs !== null && facts.nowMs - facts.newestMs > LATE_MS)
    return isFollowing(facts) ? { status: 'late', word: 'Late' } : { status: 'info', word: 'Past' };
  return { status: 'ok', word: 'Fine' };
}

/** True when some source is expected to bring more. */
function isFollowing(facts: VerdictFacts): boolean {
  return facts.sources.some((source) => source.state === 'waiting' || source.state === 'reading');
}

/** "Storm of 403 in images and 2 more need attention. " */
function concernParts({ concerns }: VerdictFacts): VerdictPart[] {
  const [first] = concerns;
  if (first === undefined) return [];
  const named = concerns.slice(0, NAMED_MAX).flatMap((concern, index): VerdictPart[] => {
    const text = index === 0 ? capitalised(concern.title) : concern.title;
    const link = { text, page: concern.path, params: concern.params };
    return index === 0 ? [link] : [{ text: '; ' }, link];
  });
  const more = concerns.length - NAMED_MAX;
  const rest = more > 0 ? [{ text: `; and ${more} more` }] : [];
  return [...named, ...rest, { text: '. ' }];
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
  const share = `${percentText(failed / requests)} failed`;
  const refused = { text: share, page: '/requests', params: { http_status: '4xx' } };
  if (errors_5xx === 0) return [...counts, refused];
  const server = {
    text: counted(errors_5xx, 'server error'),
    page: '/requests',
    params: { http_status: '5xx' },
  };
  return [...counts, refused, { text: ' (' }, server, { text: ')' }];
}

function ageParts({ newestMs, nowMs }: VerdictFacts): VerdictPart[] {
  if (newestMs === null) return [];
  return [{ text: `; the last record is ${durationText(Math.max(0, nowMs - newestMs))} old` }];
}
