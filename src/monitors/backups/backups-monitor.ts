/** The running monitor: what arrived, what was due, and what that makes of each series. */
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { Fault } from '../../lib/fault.ts';
import type { Job } from '../../lib/job.ts';
import { Budget } from '../../lib/request-budget.ts';
import type { BucketPlaces } from '../../s3/spared-stores.ts';
import type { BookSeries } from './book.ts';
import { BucketLooks } from './bucket-looks.ts';
import { BucketRounds, type Turn } from './bucket-rounds.ts';
import { Desk, othersTurn, seriesKey } from './desk.ts';
import { FileRounds } from './file-rounds.ts';
import { propose } from './learn.ts';
import { openFileLooker } from './file-looker.ts';
import type { Act, BackupsControl, BackupsSettings, LookOutcome, SeriesProposal } from './monitor.ts';
import { TailCursors } from './tail-cursors.ts';
import { type Judged, patternOf } from './written.ts';

export interface BackupsRequest {
  readonly settings: BackupsSettings;
  /** Most requests to stores. */
  readonly requestsPerHour: number;
  /** How often buckets are listed whole, milliseconds. */
  readonly everyMs: number;
  /** Where is kept how far it got. */
  readonly folder: string;
}

export interface BackupsParts {
  readonly engine: Engine;
  readonly estate: BucketPlaces;
  readonly clock: Clock;
  /** Whether what the sources had at the start is stored. */
  readonly isTakenIn: () => boolean;
  /** Called when what is said of a series has been stored. */
  readonly onVerdicts?: () => void;
}

/** The monitor, and what it does again and again. */
export interface BackupsMonitor extends BackupsControl {
  readonly jobs: readonly Job[];
}

/** A deadline that passes is told so soon. */
const EVERY_MS = 5_000;
/** Until what waits at the start is read. */
const SETTLING_MS = 1_000;
/** Whether a bucket has to be listed whole is asked so often. */
const LOOKS_EVERY_MS = 60_000;
/** New buckets are watched so soon. */
const WATCH_EVERY_MS = 30_000;
/** Nothing is said to be missing before what waits at the start is read, but for no longer than this. */
const SETTLE_MS = 10 * 60_000;

export function openBackupsMonitor(request: BackupsRequest, parts: BackupsParts): BackupsMonitor {
  return new RunningBackups(request, parts);
}

class RunningBackups implements BackupsMonitor {
  readonly jobs: readonly Job[];
  readonly #request: BackupsRequest;
  readonly #parts: BackupsParts;
  readonly #desk: Desk;
  readonly #buckets: BucketRounds;
  readonly #files: FileRounds;
  /** One thing at a time is done to what is known. */
  readonly #turns = new PQueue({ concurrency: 1 });
  #startedMs: number | undefined;
  #watchedMs = 0;
  #isSettled = false;

  constructor(request: BackupsRequest, parts: BackupsParts) {
    const { engine, clock, estate } = parts;
    this.#request = request;
    this.#parts = parts;
    const cursors = new TailCursors(join(request.folder, 'backup-events.json'));
    this.#desk = new Desk(request.settings, { engine, clock, cursors });
    const path = join(request.folder, 'backup-requests.json');
    const budget = new Budget({ perHour: request.requestsPerHour, path }, { clock });
    const looks = new BucketLooks({ estate, budget, clock });
    this.#buckets = new BucketRounds({ desk: this.#desk, looks, engine, clock });
    this.#files = new FileRounds({
      desk: this.#desk,
      looker: openFileLooker({ estate, budget, clock }),
      clock,
    });
    const pauseMs = (): number => (this.#isSettled ? EVERY_MS : SETTLING_MS);
    this.jobs = [
      {
        name: 'backups',
        get everyMs() {
          return pauseMs();
        },
        run: (signal) => this.#run(signal),
      },
      { name: 'backup looks', everyMs: LOOKS_EVERY_MS, run: (signal) => this.#lookWhole(signal) },
    ];
  }

  async proposals({ ids, historyMs }: Parameters<BackupsControl['proposals']>[0]): Promise<SeriesProposal[]> {
    await this.#inTurn(() => this.#desk.open());
    const nowMs = this.#parts.clock.nowMs();
    const wanted = new Set(ids.map(({ bucket, series }) => seriesKey({ bucket, id: series })));
    const found: SeriesProposal[] = [];
    for (const series of this.#desk.book.series()) {
      if (series.expected !== undefined || (wanted.size > 0 && !wanted.has(seriesKey(series)))) continue;
      const proposal = propose(
        series.files.filter(({ atMs }) => atMs >= nowMs - historyMs),
        { nowMs, calendars: this.#desk.calendars, timezone: this.#desk.timezone },
      );
      const { bucket, id, files } = series;
      if (proposal !== undefined)
        found.push({ bucket, series: id, pattern: patternOf(series), files: files.length, proposal });
      await othersTurn();
    }
    return found;
  }

  async act(act: Act, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      await this.#desk.open();
      if (this.#desk.book.find(act.bucket, act.series) === undefined)
        throw new Fault(
          'not_found',
          `Cannot ${act.act} the series: there is none of that name in ${act.bucket}, got "${act.series}".`,
        );
      await this.#desk.say({ ...act, atMs: this.#parts.clock.nowMs() });
      await this.#judge(signal);
    });
  }

  async configure(settings: BackupsSettings, signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      await this.#desk.open();
      await this.#desk.watch(settings);
      await this.#desk.readEvents();
      await this.#judge(signal);
    });
  }

  async look(bucket: string, signal: AbortSignal): Promise<LookOutcome> {
    await this.#inTurn(() => this.#desk.open());
    if (this.#desk.book.watchOf(bucket) === undefined)
      throw new Fault(
        'not_found',
        `Cannot look at ${bucket}: it is not watched. Name it in backups.series or backups.discover.`,
      );
    const turn: Turn = (work) => this.#inTurn(work);
    const outcome = await this.#buckets.lookAt({ bucket, cause: 'asked' }, { turn, signal });
    await this.#inTurn(async () => {
      await this.#desk.open();
      await this.#judge(signal);
    });
    return outcome;
  }

  async catchUp(signal: AbortSignal): Promise<void> {
    await this.#inTurn(async () => {
      await this.#desk.open();
      await this.#desk.readEvents();
      await this.#judge(signal);
    });
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, isTakenIn } = this.#parts;
    this.#startedMs ??= clock.nowMs();
    const startedMs = this.#startedMs;
    await this.#inTurn(async () => {
      await this.#desk.open();
      if (clock.nowMs() - this.#watchedMs >= WATCH_EVERY_MS) {
        await this.#desk.watch();
        this.#watchedMs = clock.nowMs();
      }
      this.#isSettled ||= isTakenIn() || clock.nowMs() - startedMs >= SETTLE_MS;
      if (!this.#isSettled) return;
      await this.#desk.readEvents();
      await this.#judge(signal);
      if (await this.#files.look(signal)) await this.#judge(signal);
    });
  }

  async #lookWhole(signal: AbortSignal): Promise<void> {
    if (this.#request.requestsPerHour === 0) return;
    await this.#inTurn(() => this.#desk.open());
    const turn: Turn = (work) => this.#inTurn(work);
    const isNews = await this.#buckets.lookWhole(this.#request.everyMs, { turn, signal });
    if (isNews && this.#isSettled)
      await this.#inTurn(async () => {
        await this.#desk.open();
        await this.#judge(signal);
      });
  }

  /** Judges what is due; before something is said to be wrong, it is looked for. */
  async #judge(signal: AbortSignal): Promise<void> {
    const desk = this.#desk;
    const judged = new Map<string, Judged>();
    const note = (all: readonly Judged[]): void => {
      for (const one of all) judged.set(seriesKey(one.series), one);
    };
    try {
      note(await desk.judge());
      const mayLook = this.#request.requestsPerHour > 0;
      const tried = mayLook ? await this.#buckets.lookAtSuspects(this.#standing(), signal) : [];
      note(tried.map((series) => desk.judgeOne(series)));
      note(await desk.judge());
      if (await desk.write([...judged.values()])) this.#parts.onVerdicts?.();
    } catch (error) {
      for (const { series } of judged.values()) desk.touch(series);
      throw error;
    }
  }

  /** Every series as it was judged last. */
  #standing(): Judged[] {
    const { book, standings } = this.#desk;
    return book.series().flatMap((series: BookSeries) => {
      const standing = standings.get(seriesKey(series));
      return standing === undefined ? [] : [{ series, stand: standing.stand, evidence: '' }];
    });
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.add(work);
  }
}
