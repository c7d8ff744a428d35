import type { Alarm, Silence } from '../../lib/alarm-row.ts';
import { useSilences } from '../../lib/alarm-queries.ts';
import { Ago, Moment } from '../../lib/moment.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';

/** Who has an alarm in hand, until when and why; nothing where nobody has. */
export function InHand({ alarm }: { readonly alarm: Alarm }) {
  const silences = useSilences().data?.rows ?? [];
  const { acknowledged } = alarm;
  return (
    <>
      {acknowledged !== null && (
        <p className="in-hand">
          Acknowledged <By author={acknowledged.author} />
          <Ago time={acknowledged.at} />, until <Moment time={acknowledged.ends_at} />
          <Why reason={acknowledged.reason} />
        </p>
      )}
      {alarm.silences.map((id) => (
        <SilencedBy key={id} silence={silences.find((row) => row.id === id)} />
      ))}
    </>
  );
}

function SilencedBy({ silence }: { readonly silence: Silence | undefined }) {
  if (silence === undefined) return <p className="in-hand">Silenced</p>;
  return (
    <p className="in-hand">
      Silenced <By author={silence.author} />
      until <Moment time={silence.ends_at} />
      <Why reason={silence.reason} />
    </p>
  );
}

function By({ author }: { readonly author: string }) {
  if (author === '') return null;
  return (
    <>
      by <OutsideText text={author} />{' '}
    </>
  );
}

function Why({ reason }: { readonly reason: string }) {
  if (reason === '') return null;
  return (
    <>
      : <OutsideText text={reason} />
    </>
  );
}
