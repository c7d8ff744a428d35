/** What became of backups: how each series stands, its runs, and how many files came. */
import { createRoute, z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';
import { fileCounts } from '../monitors/backups/file-counts.ts';
import type { SeriesId } from '../monitors/backups/monitor.ts';
import { runRows } from '../monitors/backups/run-rows.ts';
import { looksAt, seriesActs, seriesFiles } from '../monitors/backups/series-detail.ts';
import { type SeriesStatus, seriesStatus } from '../monitors/backups/series-status.ts';
import { summaryOf } from '../monitors/backups/summary.ts';
import { watchedBuckets } from '../monitors/backups/watched.ts';
import * as answersOf from './backup-answers.ts';
import * as shapes from './backup-api.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeOf } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

/** Which series: of one bucket, or one by its name. */
const chosenQuery = z.strictObject({
  bucket: shapes.seriesId.shape.bucket.optional(),
  series: shapes.seriesId.shape.series.optional(),
});

const rangeQuery = chosenQuery.extend({
  since: z
    .string()
    .max(40)
    .optional()
    .openapi({ description: 'Start, inclusive, ISO 8601; default: 14 days before now, or before `until`.' }),
  until: z.string().max(40).optional().openapi({ description: 'End, exclusive, ISO 8601.' }),
});

const DEFAULT_RANGE_MS = 14 * 86_400_000;

export function addBackups(api: Api, parts: ApiParts): void {
  addSeries(api, parts);
  addRuns(api, parts);
  addDetail(api, parts);
  addMetric(api, parts);
}

function addSeries(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/backups',
    request: { query: chosenQuery.pick({ bucket: true }) },
    responses: answers(shapes.Backups, 'Series of backups, and how they stand now, worst first'),
  });
  api.openapi(route, async (context) => {
    const { bucket } = context.req.valid('query');
    const series = await seriesStatus({ bucket }, { engine: parts.engine, nowMs: parts.clock.nowMs() });
    const watched = await watchedBuckets(
      { bucket, patterns: patternsOf(parts), known: series.map((one) => one.bucket) },
      parts.engine,
    );
    return context.json(
      {
        sentence: summaryOf(series, watched),
        judged_at: judgedAt(series),
        counts: answersOf.countsAnswer(series),
        discovering: watched.map(answersOf.watchedAnswer),
        rows: series.map(answersOf.seriesAnswer),
      },
      200,
    );
  });
}

/** Buckets that the configuration names, with `*` for anything. */
function patternsOf({ config: { backups } }: ApiParts): string[] {
  return [...backups.series, ...backups.discover].map(({ bucket }) => bucket);
}

function judgedAt(series: readonly SeriesStatus[]): string | null {
  const lastMs = series.reduce((last, { judgedMs }) => Math.max(last, judgedMs), 0);
  return lastMs === 0 ? null : isoOf(lastMs);
}

function addRuns(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/backups/runs',
    request: { query: rangeQuery.extend({ limit: limitOf(10_000, 50_000) }) },
    responses: answers(shapes.Runs, 'Runs by when they were due, latest first; those under way too'),
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const { bucket, series, limit } = query;
    const { startMs, endMs } = pastOf(query, parts);
    const rows = await runRows(
      { bucket, series, limit, startMs, endMs: query.until === undefined ? undefined : endMs },
      parts.engine,
    );
    return context.json({ rows: rows.map(answersOf.runAnswer) }, 200);
  });
}

function addDetail(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/backups/series',
    request: { query: shapes.seriesId },
    responses: answers(shapes.SeriesDetail, 'One series: its runs, files, acts and looks'),
  });
  api.openapi(route, async (context) => {
    const id = context.req.valid('query');
    const { engine } = parts;
    const status = await statusOf(id, parts);
    const [runs, files, acts, looks] = await Promise.all([
      runRows({ ...id, startMs: 0, limit: RUNS_MAX }, engine),
      seriesFiles(id, engine),
      seriesActs(id, engine),
      looksAt(status, engine),
    ]);
    return context.json(
      {
        row: answersOf.seriesAnswer(status),
        next_dues: status.nextDuesMs.map(isoOf),
        rule: { ...status.rule },
        runs: runs.map(answersOf.runAnswer),
        files: files.map(answersOf.fileAnswer),
        acts: acts.map(answersOf.actAnswer),
        looks: looks.map(answersOf.lookAnswer),
      },
      200,
    );
  });
}

const RUNS_MAX = 200;

/** Throws `not_found` for a series that is not known. */
async function statusOf(id: SeriesId, parts: ApiParts): Promise<SeriesStatus> {
  const [status] = await seriesStatus(id, { engine: parts.engine, nowMs: parts.clock.nowMs() });
  if (status === undefined)
    throw new Fault(
      'not_found',
      `Cannot find the series "${id.series}" in the bucket "${id.bucket}": see /api/v1/backups.`,
    );
  return status;
}

function addMetric(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/backups/metric',
    request: { query: rangeQuery.extend({ step: limitOf(DAY_S, 7 * DAY_S) }) },
    responses: answers(shapes.BackupMetric, 'How many files came for each series, over time'),
  });
  api.openapi(route, async (context) => {
    const query = context.req.valid('query');
    const { bucket, series, step } = query;
    const { startMs, endMs } = pastOf(query, parts);
    const startS = Math.floor(startMs / 1000 / step) * step;
    const length = Math.ceil((endMs / 1000 - startS) / step);
    checkPoints(length);
    const found = await fileCounts(
      { bucket, series, startMs: startS * 1000, endMs, stepSeconds: step },
      parts.engine,
    );
    checkPoints(length * found.length);
    const startsS = Array.from({ length }, (_, index) => startS + index * step);
    const { name, dimension } = parts.config.backups.metric;
    return context.json(
      {
        metric: name,
        dimension,
        step_seconds: step,
        series: found.map((one) => ({
          bucket: one.bucket,
          value: one.series,
          points: answersOf.pointsAnswer(one.counts, startsS),
        })),
      },
      200,
    );
  });
}

const DAY_S = 86_400;
const POINTS_MAX = 100_000;

/** Throws `limit` for more points than an answer has. */
function checkPoints(points: number): void {
  if (points > POINTS_MAX)
    throw new Fault(
      'limit',
      `Cannot give the metric: ${points.toLocaleString('en-US')} points are more than ${POINTS_MAX.toLocaleString('en-US')}; name a bucket, or take a longer step or a shorter range.`,
    );
}

/** The range asked for; without a start the last 14 days. */
function pastOf(
  { since, until }: Pick<z.output<typeof rangeQuery>, 'since' | 'until'>,
  { clock }: ApiParts,
): { startMs: number; endMs: number } {
  if (since !== undefined) return rangeOf({ since, until }, clock.nowMs());
  const { endMs } = rangeOf({ since: '1970-01-01T00:00:00Z', until }, clock.nowMs());
  return { startMs: Math.max(0, endMs - DEFAULT_RANGE_MS), endMs };
}
