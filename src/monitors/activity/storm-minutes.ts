/** Minutes of unusual activity joined to storms. Pure. */

export interface Minute {
  readonly kind: '403' | '404' | 'LIST' | '503';
  readonly bucket: string;
  /** Its start, in seconds since 1970 UTC. */
  readonly startS: number;
  readonly requests: number;
  /** Requests of the kind in a usual minute. */
  readonly usual: number;
}

export interface Storm {
  readonly kind: Minute['kind'];
  readonly bucket: string;
  readonly startS: number;
  /** Exclusive. */
  readonly endS: number;
  readonly requests: number;
  readonly peakPerMinute: number;
  readonly usualPerMinute: number;
}

/** A minute belongs to a storm with at least so many requests, and so many times the usual. */
const MINUTE_REQUESTS_MIN = 3;
const TIMES_USUAL = 4;
/** Minutes this far apart are one storm. */
const GAP_S = 5 * 60;
const STORM_REQUESTS_MIN = 50;
const STORM_PEAK_MIN = 5;

/** Storms in the minutes, which are sorted by time. */
export function joinMinutes(minutes: readonly Minute[]): Storm[] {
  const open = new Map<string, Storm>();
  const storms: Storm[] = [];
  for (const minute of minutes) {
    if (minute.requests < Math.max(MINUTE_REQUESTS_MIN, TIMES_USUAL * minute.usual)) continue;
    const place = JSON.stringify([minute.kind, minute.bucket]);
    const before = open.get(place);
    const isSame = before !== undefined && minute.startS - before.endS < GAP_S;
    if (before !== undefined && !isSame) storms.push(before);
    open.set(place, isSame ? extended(before, minute) : begun(minute));
  }
  return [...storms, ...open.values()].filter(
    ({ requests, peakPerMinute }) => requests >= STORM_REQUESTS_MIN && peakPerMinute >= STORM_PEAK_MIN,
  );
}

function begun({ kind, bucket, startS, requests, usual }: Minute): Storm {
  return {
    kind,
    bucket,
    startS,
    endS: startS + 60,
    requests,
    peakPerMinute: requests,
    usualPerMinute: usual,
  };
}

function extended(storm: Storm, minute: Minute): Storm {
  return {
    ...storm,
    endS: minute.startS + 60,
    requests: storm.requests + minute.requests,
    peakPerMinute: Math.max(storm.peakPerMinute, minute.requests),
    usualPerMinute: Math.max(storm.usualPerMinute, minute.usual),
  };
}
