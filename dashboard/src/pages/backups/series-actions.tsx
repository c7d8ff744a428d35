import { useState } from 'react';
import { useAct, type ActAsked } from '../../lib/backup-queries.ts';
import type { BackupSeries } from '../../lib/backup-row.ts';
import { bytesText } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { visibleText } from '../../lib/visible.ts';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { WhoAndWhy } from '../../lib/who-and-why.tsx';
import { pauseUntil, PauseFields } from './act-fields.tsx';
import { SeriesLinks } from './series-links.tsx';
import { LookNow } from './watched-buckets.tsx';

interface SeriesActionsProps {
  readonly row: BackupSeries;
}

type Tell = (act: ActAsked['act'], form: FormData) => Promise<void>;

/** What a person can say of a series or have done, and what came of it. */
export function SeriesActions({ row }: SeriesActionsProps) {
  const act = useAct();
  const [said, setSaid] = useState('');
  const tell: Tell = async (kind, form) => {
    const until = kind === 'pause' ? pauseUntil(form, Date.now()) : null;
    const done = await act.mutateAsync({
      bucket: row.bucket,
      series: row.series,
      act: kind,
      ...(until === null ? {} : { until }),
      author: textOf(form, 'author'),
      reason: textOf(form, 'reason'),
    });
    setSaid(done.sentence);
  };
  return (
    <section className="panel" aria-label="What can be done">
      {row.paused !== null && <PausedBy paused={row.paused} />}
      <div className="series-actions">
        <PauseOrResume row={row} tell={tell} />
        <AcceptSize row={row} tell={tell} />
        <RetireOrExpect row={row} tell={tell} />
        <LookNow bucket={row.bucket} />
        <SeriesLinks row={row} />
      </div>
      <p role="status" className="act-said">
        <OutsideText text={said} />
      </p>
    </section>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function PausedBy({ paused }: { readonly paused: NonNullable<BackupSeries['paused']> }) {
  return (
    <p className="paused-by">
      Paused{paused.author !== '' && ' by '}
      <OutsideText text={paused.author} />
      {paused.until === null ? ' until somebody resumes it' : ' until '}
      {paused.until !== null && <Moment time={paused.until} />}
      {paused.reason !== '' && ': '}
      <OutsideText text={paused.reason} />
    </p>
  );
}

interface ActProps extends SeriesActionsProps {
  readonly tell: Tell;
}

function PauseOrResume({ row, tell }: ActProps) {
  const name = visibleText(row.series);
  if (row.verdict === 'retired') return null;
  if (row.verdict === 'paused' && row.paused === null)
    return <span className="muted by-file">Paused in the configuration</span>;
  if (row.paused !== null)
    return (
      <ConfirmButton
        label="Resume"
        title={`Resume ${name}?`}
        confirm="Resume"
        onConfirm={(form) => tell('resume', form)}
      >
        <p>It is judged again at once, with the runs that came while it was paused.</p>
        <WhoAndWhy />
      </ConfirmButton>
    );
  return (
    <ConfirmButton
      label="Pause…"
      title={`Pause ${name}?`}
      confirm="Pause"
      onConfirm={(form) => tell('pause', form)}
    >
      <p>Nobody is told of it until then. What arrives is still stored.</p>
      <PauseFields />
      <WhoAndWhy />
    </ConfirmButton>
  );
}

function AcceptSize({ row, tell }: ActProps) {
  const { newest, verdict } = row;
  if (newest === null || (verdict !== 'too-small' && verdict !== 'too-large')) return null;
  const size = bytesText(newest.size_bytes);
  return (
    <ConfirmButton
      label="Accept the new size…"
      title={`Are runs of ${size} right from now on?`}
      confirm="Accept the new size"
      onConfirm={(form) => tell('accept-size', form)}
    >
      <p>
        Runs before the newest no longer count for what is normal
        {newest.usual_bytes !== null && `, which was ${bytesText(newest.usual_bytes)}`}.
      </p>
      <WhoAndWhy />
    </ConfirmButton>
  );
}

function RetireOrExpect({ row, tell }: ActProps) {
  const name = visibleText(row.series);
  if (row.verdict === 'retired')
    return (
      <ConfirmButton
        label="Expect it again"
        title={`Expect ${name} again?`}
        confirm="Expect it"
        onConfirm={(form) => tell('expect', form)}
      >
        <p>Its runs are judged from now on.</p>
        <WhoAndWhy />
      </ConfirmButton>
    );
  return (
    <ConfirmButton
      label="Retire…"
      title={`Retire ${name}?`}
      confirm="Retire"
      onConfirm={(form) => tell('retire', form)}
    >
      <p>Nothing is expected of it any more. Its history stays, and it can be expected again.</p>
      <WhoAndWhy />
    </ConfirmButton>
  );
}
