import { Ago } from '../../lib/moment.tsx';
import { useNotifyTargets } from '../../lib/notify-queries.ts';
import type { NotifyTarget } from '../../lib/notify-row.ts';
import { STATE_WORDS } from '../../lib/alarm-words.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { Link } from '../../routes/link.tsx';
import { useView } from '../../routes/view.tsx';
import { deliveriesHref } from './delivery-address.ts';
import { statesText, whenText } from './delivery-words.ts';

/** Who is told of an alarm as things stand, and what keeps it quiet. */
export function WhoIsTold({ alarm }: { readonly alarm: string }) {
  const { place } = useView();
  const answer = useNotifyTargets(alarm);
  const rows = answer.data?.rows;
  return (
    <section className="alarm-part" aria-label="Who is told">
      <h3>Who is told</h3>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.isPending && answer.error === null && <Skeleton heightPx={40} />}
      {rows?.length === 0 && (
        <p className="muted">Nobody: no route takes it, or there is no channel to take it to.</p>
      )}
      {rows !== undefined && rows.length > 0 && (
        <ul className="told-list">
          {rows.map((row) => (
            <Target key={row.channel} row={row} />
          ))}
        </ul>
      )}
      <Link href={deliveriesHref(place, alarm)}>What was told of it</Link>
    </section>
  );
}

function Target({ row }: { readonly row: NotifyTarget }) {
  const { channel, kind, route, told, quiet, waits } = row;
  const states = statesText(row);
  const waitsFor = waits === null || quiet.includes(waits) ? [] : [waits];
  return (
    <li>
      <p>
        <strong>
          <OutsideText text={channel} />
        </strong>{' '}
        {whenText(row)}
        <span className="advice">
          {kind ?? 'not configured any more'}, route <OutsideText text={route} />
          {states !== null && `, ${states}`}
          {told !== null && (
            <>
              ; told {STATE_WORDS[told.state].word} <Ago time={told.at} />
            </>
          )}
        </span>
      </p>
      {quiet.length > 0 && (
        <p className="in-hand">
          Not told now: <OutsideText text={quiet.join(', ')} />
        </p>
      )}
      {waitsFor.map((why) => (
        <p key={why} className="in-hand">
          Waits: <OutsideText text={why} />
        </p>
      ))}
    </li>
  );
}
