import { mixSeeds, randomOf } from './random.ts';

/** How a kind of traffic is spread over the day and the week (UTC). */
interface DayShape {
  /** Relative weight of each hour of the day. */
  readonly hours: readonly number[];
  /** What Saturday and Sunday have of a weekday. */
  readonly weekend: number;
  /** Whether most of an hour's traffic comes in its first third, as with hourly jobs. */
  readonly isHourly: boolean;
}

export type DayShapeName = 'readers' | 'office' | 'jobs' | 'steady' | 'night' | 'releases';

// biome-ignore format: a day is one row of 24 hours
const DAY_SHAPES: Readonly<Record<DayShapeName, DayShape>> = {
  readers: { hours: [3, 2, 2, 2, 3, 5, 8, 11, 12, 12, 11, 11, 11, 11, 11, 11, 12, 13, 15, 16, 15, 12, 8, 5], weekend: 0.78, isHourly: false },
  office: { hours: [1, 1, 1, 1, 1, 2, 5, 12, 18, 20, 20, 17, 12, 18, 19, 18, 14, 8, 4, 3, 2, 2, 1, 1], weekend: 0.2, isHourly: false },
  jobs: { hours: [8, 9, 9, 8, 8, 8, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8], weekend: 0.8, isHourly: true },
  steady: { hours: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], weekend: 1, isHourly: false },
  night: { hours: [9, 14, 12, 6, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4], weekend: 1, isHourly: false },
  releases: { hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 9, 5, 2, 0, 3, 9, 6, 1, 0, 0, 0, 0, 0, 0, 0], weekend: 0.02, isHourly: false },
};

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How many of `perDay` requests (a weekday's) are due in the `lengthMs` around a time. */
export function dueAt(
  shapeName: DayShapeName,
  perDay: number,
  around: { atMs: number; lengthMs: number },
): number {
  const shape = DAY_SHAPES[shapeName];
  const hour = (around.atMs % DAY_MS) / HOUR_MS;
  const before = shape.hours[Math.floor(hour + 23.5) % 24] ?? 0;
  const after = shape.hours[Math.floor(hour + 0.5) % 24] ?? 0;
  const weight = before + (after - before) * ((hour + 0.5) % 1);
  const total = shape.hours.reduce((sum, each) => sum + each, 0);
  const week = isWeekend(around.atMs) ? shape.weekend : 1;
  const burst = !shape.isHourly ? 1 : hour % 1 < 1 / 3 ? 2.4 : 0.3;
  return ((perDay * weight) / total) * week * burst * (around.lengthMs / HOUR_MS);
}

/** How busy a day is against others of its kind, about 0.85 to 1.15: no two days are alike. */
export function dayFactor(seed: number, flow: number, atMs: number): number {
  return 0.85 + 0.3 * randomOf(mixSeeds(seed, flow, Math.floor(atMs / DAY_MS)))();
}

function isWeekend(atMs: number): boolean {
  const weekday = (Math.floor(atMs / DAY_MS) + 4) % 7;
  return weekday === 0 || weekday === 6;
}
