import type { BackupSeries } from '../../lib/backup-row.ts';
import { SERIES_VERDICTS, SERIES_WORDS } from '../../lib/backup-words.ts';
import { exactCount } from '../../lib/format.ts';
import { Icon } from '../../lib/icons.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';

type SeriesVerdict = BackupSeries['verdict'];

/** The verdict that the address asks for; null for all. */
export function verdictInAddress(params: URLSearchParams): SeriesVerdict | null {
  return SERIES_VERDICTS.find((verdict) => verdict === params.get('verdict')) ?? null;
}

interface VerdictChipsProps {
  readonly rows: readonly BackupSeries[];
  readonly chosen: SeriesVerdict | null;
}

/** How many series are of each verdict; one of them shows those alone. */
export function VerdictChips({ rows, chosen }: VerdictChipsProps) {
  const choose = (verdict: SeriesVerdict | null) =>
    go(hrefWith(currentPlace(), { verdict }), { replace: true });
  return (
    <div className="count-chips" role="group" aria-label="Verdict">
      <button
        type="button"
        className="count-chip"
        aria-pressed={chosen === null}
        onClick={() => choose(null)}
      >
        All <strong>{exactCount(rows.length)}</strong>
      </button>
      {SERIES_VERDICTS.map((verdict) => {
        const count = rows.filter((row) => row.verdict === verdict).length;
        const { status, word, meaning } = SERIES_WORDS[verdict];
        if (count === 0 && verdict !== chosen) return null;
        return (
          <button
            key={verdict}
            type="button"
            className="count-chip"
            data-status={status}
            data-tip={meaning}
            aria-pressed={verdict === chosen}
            onClick={() => choose(verdict === chosen ? null : verdict)}
          >
            <Icon name={status} /> {word} <strong>{exactCount(count)}</strong>
          </button>
        );
      })}
    </div>
  );
}
