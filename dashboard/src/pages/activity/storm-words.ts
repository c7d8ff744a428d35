import type { Storms } from '../../../../src/serve/activity-api.ts';
import { shortCount } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible.ts';

export type Storm = Storms['rows'][number];

interface StormKind {
  readonly title: string;
  /** What to do first. */
  readonly advice: string;
}

export const STORM_KINDS: Readonly<Record<Storm['kind'], StormKind>> = {
  '403': {
    title: 'Refused requests',
    advice:
      'Look who is refused: a rotated key or a changed policy breaks one requester, a scan comes from one address.',
  },
  '404': {
    title: 'Requests for keys that are not there',
    advice: 'Look at the keys: a deleted prefix breaks its readers, a guessed one is a scan.',
  },
  LIST: {
    title: 'Listings',
    advice: 'Listing is billed like a write and slows with many keys: read S3 Inventory, or keep an index.',
  },
  '503': {
    title: 'Slow Down answers',
    advice: 'S3 refuses what goes beyond its rate for a prefix: spread the keys, or let clients back off.',
  },
};

/** Less than this part of a storm does not make somebody its source. */
const SOURCE_SHARE_MIN = 0.2;

/** Who most of a storm comes from, null when it comes from many. */
export function stormSource(storm: Storm): string | null {
  const who = storm.requester === '' ? storm.remote_ip : storm.requester;
  return who === '' || storm.share < SOURCE_SHARE_MIN ? null : who;
}

/** "12,400 a minute at the peak, usually 30; 97 % from one requester". */
export function stormEvidence(storm: Storm): string {
  const usual =
    storm.usual_per_minute < 1 ? 'usually none' : `usually ${shortCount(Math.round(storm.usual_per_minute))}`;
  const who = stormSource(storm);
  const share =
    who === null ? '; from many' : `; ${Math.round(storm.share * 100)} % from ${visibleText(who)}`;
  return `${shortCount(storm.peak_per_minute)} a minute at the peak, ${usual}${share}`;
}
