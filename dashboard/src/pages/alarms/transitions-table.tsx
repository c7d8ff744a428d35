import type { AlarmTransition, AlarmTransitions } from '../../lib/alarm-row.ts';
import { SEVERITY_WORDS, STATE_WORDS } from '../../lib/alarm-words.ts';
import { RowMoment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import type { Pages } from '../../lib/pages-query.ts';
import { Segments } from '../../lib/segments.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { ExportButtons } from '../../tables/export-buttons.tsx';
import { MoreRows } from '../../tables/more-rows.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';
import { alarmInAddress } from './alarm-address.ts';
import { isNamed } from './quiet-alarms.tsx';

const STATES = [
  { id: null, title: 'All' },
  { id: 'ALARM', title: 'To ALARM' },
  { id: 'OK', title: 'To OK' },
  { id: 'INSUFFICIENT_DATA', title: 'To not enough data' },
] as const;
const SEVERITIES = [
  { id: null, title: 'Any severity' },
  { id: 'critical', title: 'Critical' },
  { id: 'warning', title: 'Warning' },
  { id: 'info', title: 'Info' },
] as const;

const COLUMNS: readonly Column<AlarmTransition>[] = [
  { id: 'at', title: 'When', widthPx: 130, cell: ({ at }) => <RowMoment time={at} /> },
  { id: 'state', title: 'To', widthPx: 160, cell: ({ state }) => <StatusMark {...STATE_WORDS[state]} /> },
  { id: 'title', title: 'Alarm', widthPx: 270, cell: ({ title }) => <CutText text={title} /> },
  { id: 'sentence', title: 'Why', widthPx: 380, cell: ({ sentence }) => <CutText text={sentence} /> },
  {
    id: 'from',
    title: 'From',
    widthPx: 120,
    cell: ({ from }) => <span className="muted">{from === null ? 'new' : STATE_WORDS[from].word}</span>,
  },
  {
    id: 'severity',
    title: 'Severity',
    widthPx: 100,
    cell: ({ severity }) => <StatusMark {...SEVERITY_WORDS[severity]} />,
  },
];

interface TransitionsTableProps {
  readonly list: Pages<AlarmTransitions>;
  /** Those of the bucket in view. */
  readonly rows: readonly AlarmTransition[];
}

/** Every change of state in the range, newest first. */
export function TransitionsTable({ list, rows }: TransitionsTableProps) {
  const { place } = useView();
  const { params } = place;
  const state = STATES.find(({ id }) => id === params.get('state'))?.id ?? null;
  const severity = SEVERITIES.find(({ id }) => id === params.get('severity'))?.id ?? null;
  const named = params.get('named') ?? '';
  const shown = rows.filter(
    (row) =>
      (state === null || row.state === state) &&
      (severity === null || row.severity === severity) &&
      isNamed(row, named),
  );
  const ids = shown.map(({ alarm, revision }) => JSON.stringify([alarm, revision]));
  const openAlarm = alarmInAddress(place);
  const set = (changes: Readonly<Record<string, string | null>>) =>
    go(hrefWith(currentPlace(), changes), { replace: true });
  return (
    <section className="panel flush alarm-list" aria-label="Changes" data-stale={list.isStale}>
      <header className="panel-head">
        <h2>Changes</h2>
        <span className="panel-actions">
          <Segments
            label="Changed to"
            choices={STATES}
            chosen={state}
            onChoose={(id) => set({ state: id })}
          />
          <select
            aria-label="Severity"
            value={severity ?? ''}
            onChange={({ target }) => set({ severity: target.value === '' ? null : target.value })}
          >
            {SEVERITIES.map(({ id, title }) => (
              <option key={title} value={id ?? ''}>
                {title}
              </option>
            ))}
          </select>
          <input
            type="search"
            aria-label="Alarm named"
            placeholder="Alarm named…"
            value={named}
            onChange={({ target }) => set({ named: target.value === '' ? null : target.value })}
          />
          <ExportButtons rows={shown} name="alarm-transitions" />
        </span>
      </header>
      {!list.isPending && shown.length === 0 && (
        <p className="panel-empty">
          {rows.length === 0 ? 'No alarm changed in this range.' : 'No change is like this.'}
        </p>
      )}
      {shown.length > 0 && (
        <>
          <RecordTable
            label="Changes"
            columns={COLUMNS}
            rows={shown}
            ids={ids}
            openId={ids.find((_, index) => shown[index]?.alarm === openAlarm) ?? null}
            onOpen={(id) => {
              const row = shown[ids.indexOf(id)];
              if (row !== undefined)
                go(hrefWith(currentPlace(), { alarm: row.alarm }), { replace: openAlarm !== null });
            }}
          />
          <MoreRows list={{ ...list, rows: shown }} noun="change" />
        </>
      )}
    </section>
  );
}
