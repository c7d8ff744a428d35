/** What to think of a trail. */
import { spanText } from '../../lib/span-text.ts';
import type { Range } from './range.ts';
import type { TrailCheck } from './trails.ts';

export type TrailVerdict = 'verified' | 'broken' | 'unverified';

/** Digests come every hour, and some while after it; with none for longer the newest log files are not vouched for. */
const LATE_MS = 2.5 * 3_600_000;

/** Broken by whatever does not hold; verified when every log file is here, as delivered, and the signatures are valid. */
export function trailVerdict(
  check: TrailCheck,
  at: { readonly range: Range; readonly nowMs: number },
): { readonly verdict: TrailVerdict; readonly sentence: string } {
  const name = `trail ${check.trail} in ${check.region}`;
  const problems = problemsOf(check);
  if (problems.length > 0) return { verdict: 'broken', sentence: `${name}: ${problems.join(', ')}` };
  const open = openOf(check, Math.min(at.range.endMs, at.nowMs));
  const whole = `${name}: all ${check.filesLoaded} log files of ${check.digests} digests are as delivered`;
  return open.length > 0
    ? { verdict: 'unverified', sentence: `${whole}, but ${open.join(', ')}` }
    : { verdict: 'verified', sentence: whole };
}

function problemsOf({ missing, altered, breaks, signatures }: TrailCheck): string[] {
  const [first] = breaks;
  return [
    ...(missing.length === 0 ? [] : [`${files(missing.length)} missing`]),
    ...(altered.length === 0 ? [] : [`${files(altered.length)} altered`]),
    ...(first === undefined
      ? []
      : [
          `its chain breaks in ${breaks.length} ${breaks.length === 1 ? 'place' : 'places'} (${first.reason})`,
        ]),
    ...(signatures.invalid === 0 ? [] : [`${signatures.invalid} signatures are not valid`]),
  ];
}

function files(count: number): string {
  return count === 1 ? '1 log file is' : `${count} log files are`;
}

function openOf({ filesAwaited, signatures, untilMs }: TrailCheck, endMs: number): string[] {
  const lateMs = endMs - untilMs;
  return [
    ...(filesAwaited === 0 ? [] : [`${filesAwaited} more are on their way`]),
    ...(signatures.valid === 0 ? ['no signature could be checked'] : []),
    ...(signatures.valid > 0 && signatures.unchecked > 1
      ? [`${signatures.unchecked} signatures could not be checked`]
      : []),
    ...(lateMs > LATE_MS ? [`no digest vouches for the last ${spanText(lateMs / 1000)}`] : []),
  ];
}
