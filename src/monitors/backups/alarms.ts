/** What of backups is worth an alarm: a run that is not there, not right, or late. */
import type { AlarmFeed, FeedReading } from '../../alarms/feed.ts';
import type { Engine } from '../../engine/engine.ts';
import { idOf } from './chosen.ts';
import { BACKUP_ALARMS, JUDGED } from './default-alarms.ts';
import { recentRuns, type RunMark } from './run-rows.ts';
import { seriesRows, type StoredSeries } from './series-rows.ts';

const EVIDENCE_RUNS = 5;

/** Series as they were judged last. */
export function backupAlarms(engine: Engine): AlarmFeed {
  return {
    name: 'backups',
    definitions: BACKUP_ALARMS,
    async readings(nowMs) {
      const series = (await seriesRows({}, engine)).filter(({ verdict }) => JUDGED.includes(verdict));
      const isWrong = series.some(({ verdict }) => verdict !== 'ok');
      const runs = isWrong ? await recentRuns({ nowMs }, engine) : new Map<string, RunMark[]>();
      return BACKUP_ALARMS.flatMap(({ id }) => series.map((one) => readingOf(id, one, runs.get(idOf(one)))));
    },
  };
}

function readingOf(definition: string, row: StoredSeries, runs: readonly RunMark[] = []): FeedReading {
  const { bucket, series, verdict, sentence, sinceMs, judgedMs, evidence: blindness } = row;
  const marks =
    verdict === 'ok' ? [] : runs.filter((run) => run.verdict !== 'expected').slice(-EVIDENCE_RUNS);
  return {
    definition,
    labels: { bucket, series },
    reading: {
      status: verdict,
      sentence: blindness === '' ? sentence : `${sentence} ${blindness}`,
      sinceMs: sinceMs ?? judgedMs,
      evidence: marks.map((run) => ({
        due: new Date(run.dueMs).toISOString(),
        verdict: run.verdict,
        size_bytes: run.sizeBytes,
      })),
    },
  };
}
