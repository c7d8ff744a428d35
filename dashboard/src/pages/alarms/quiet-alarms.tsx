import { useState } from 'react';
import { useAlarmsIn } from '../../lib/alarm-queries.ts';
import type { Alarm, AlarmState } from '../../lib/alarm-row.ts';
import { inOrder, isAboutBucket, STATE_WORDS } from '../../lib/alarm-words.ts';
import { counted, exactCount } from '../../lib/format.ts';
import { Ago } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { RecordTable, type Column } from '../../tables/record-table.tsx';
import { alarmInAddress } from './alarm-address.ts';

interface QuietAlarmsProps {
  readonly state: Exclude<AlarmState, 'ALARM'>;
  readonly count: number;
}

const COLUMNS: readonly Column<Alarm>[] = [
  { id: 'title', title: 'Alarm', widthPx: 300, cell: ({ title }) => <CutText text={title} /> },
  { id: 'sentence', title: 'Why', widthPx: 420, cell: ({ sentence }) => <CutText text={sentence} /> },
  { id: 'since', title: 'Since', widthPx: 110, cell: ({ since }) => <Ago time={since} /> },
];

/** Alarms that nobody has to look at, folded: how many, and which when asked. */
export function QuietAlarms({ state, count }: QuietAlarmsProps) {
  const { place, bucket } = useView();
  const [isOpen, setOpen] = useState(false);
  const answer = useAlarmsIn(state, isOpen);
  const { status, word } = STATE_WORDS[state];
  const rows = (answer.data?.rows ?? []).filter((alarm) => isAboutBucket(alarm, bucket));
  if (count === 0) return null;
  return (
    <details
      className="panel flush alarm-list quiet-alarms"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="panel-head">
        <StatusMark status={status} word={word} />
        <span className="muted">{summaryOf(state, count)}</span>
      </summary>
      {isOpen && answer.error !== null && (
        <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />
      )}
      {isOpen && answer.isPending && <Skeleton heightPx={120} />}
      {isOpen && rows.length > 0 && (
        <QuietList rows={rows} openId={alarmInAddress(place)} label={`Alarms: ${word}`} />
      )}
    </details>
  );
}

function summaryOf(state: QuietAlarmsProps['state'], count: number): string {
  const are = `${counted(count, 'alarm')} ${count === 1 ? 'is' : 'are'}`;
  return state === 'OK' ? `${are} OK` : `${are} waiting for data: neither OK nor ALARM`;
}

interface QuietListProps {
  readonly rows: readonly Alarm[];
  readonly openId: string | null;
  readonly label: string;
}

function QuietList({ rows, openId, label }: QuietListProps) {
  const [typed, setTyped] = useState('');
  const shown = inOrder(rows).filter((row) => isNamed(row, typed));
  return (
    <>
      <div className="quiet-filter">
        <input
          type="search"
          aria-label={`Find in ${label}`}
          placeholder="Title, label or sentence…"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <span className="muted" role="status">
          {typed !== '' && `${exactCount(shown.length)} of ${exactCount(rows.length)}`}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className="panel-empty">No alarm is like this.</p>
      ) : (
        <RecordTable
          label={label}
          columns={COLUMNS}
          rows={shown}
          ids={shown.map(({ alarm }) => alarm)}
          openId={openId}
          onOpen={(alarm) => go(hrefWith(currentPlace(), { alarm }), { replace: openId !== null })}
        />
      )}
    </>
  );
}

/** True where every word that was typed stands somewhere in it. */
export function isNamed(
  {
    title,
    definition,
    labels,
    sentence,
  }: Pick<Alarm, 'title' | 'labels' | 'sentence'> & { readonly definition?: string },
  typed: string,
): boolean {
  const text = [title, definition ?? '', sentence, ...Object.values(labels)].join(' ').toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
