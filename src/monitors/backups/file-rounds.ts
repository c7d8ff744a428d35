/** Looks at the files of newest runs: their headers, and where that is wanted their ends. */
import type { Clock } from '../../lib/clock.ts';
import type { BookSeries, Change } from './book.ts';
import { type Desk, seriesKey } from './desk.ts';
import type { FileLooker } from './look.ts';
import type { BookFile } from './same-file.ts';

/** Files of a run that are looked at. */
const FILES_MAX = 5;
/** Files looked at in one round; deadlines come first. */
const ROUND_FILES = 40;
const ROUND_MS = 5_000;
/** Locks, copies and files go: what was seen is good for so long. */
const AGAIN_MS = 86_400_000;
/** A file that nobody would answer for is asked for again after this. */
const UNANSWERED_MS = 15 * 60_000;

export class FileRounds {
  readonly #parts: { readonly desk: Desk; readonly looker: FileLooker; readonly clock: Clock };
  /** When nobody answered for a series, milliseconds since 1970 UTC. */
  readonly #unanswered = new Map<string, number>();

  constructor(parts: { readonly desk: Desk; readonly looker: FileLooker; readonly clock: Clock }) {
    this.#parts = parts;
  }

  /** Looks at what was not looked at; gives whether anything was learned. */
  async look(signal: AbortSignal): Promise<boolean> {
    const { desk } = this.#parts;
    const changes: Change[] = [];
    const isOver = AbortSignal.timeout(ROUND_MS);
    try {
      for (const series of desk.book.series()) {
        if (changes.length >= ROUND_FILES || isOver.aborted) break;
        for (const file of this.#wanted(series)) {
          const change = await this.#lookAt(series, file, { stop: signal, isOver });
          if (change === undefined) break;
          changes.push(change);
        }
      }
    } finally {
      // What was learned of files before one of them failed is known, so it is stored.
      await desk.keep(changes);
    }
    return changes.length > 0;
  }

  /** Files of the newest run that came, of a series that is expected. */
  #wanted(series: BookSeries): BookFile[] {
    const { desk, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const key = seriesKey(series);
    const isExpected = series.expected !== undefined || series.discovery?.isAccepted === true;
    if (!isExpected || nowMs - (this.#unanswered.get(key) ?? 0) < UNANSWERED_MS) return [];
    const run = desk.standings.get(key)?.stand.runs.findLast(({ files }) => files.length > 0);
    const newest = new Set(run?.files.slice(-FILES_MAX).map((file) => `${file.atMs} ${file.key}`));
    return series.files
      .slice(-FILES_MAX * 4)
      .filter(
        ({ atMs, key: name, look, removedMs }) =>
          removedMs === undefined &&
          newest.has(`${atMs} ${name}`) &&
          (look === undefined || nowMs - look.atMs >= AGAIN_MS),
      );
  }

  async #lookAt(
    series: BookSeries,
    file: BookFile,
    { stop, isOver }: { readonly stop: AbortSignal; readonly isOver: AbortSignal },
  ): Promise<Change | undefined> {
    const { desk, looker, clock } = this.#parts;
    const content = series.expected?.content;
    // What a file holds does not change: its ends are read once.
    const isRead = file.look?.content !== undefined;
    const wanted = {
      bucket: series.bucket,
      key: file.key,
      versionId: file.versionId,
      sizeBytes: file.sizeBytes,
      ...(content === undefined || isRead ? {} : { content }),
    };
    const look = await looker
      .look(wanted, AbortSignal.any([stop, isOver]))
      .catch((error: unknown): undefined => {
        if (stop.aborted || !isOver.aborted) throw error;
      });
    if (look === undefined) {
      this.#unanswered.set(seriesKey(series), clock.nowMs());
      return undefined;
    }
    const known = file.look?.content;
    const whole = look.content === undefined && known !== undefined ? { ...look, content: known } : look;
    return desk.book.change(series, file, {
      ...file,
      look: whole,
      ...(look.isGone ? { removedMs: look.atMs } : {}),
    });
  }
}
