import { useState } from 'react';
import { useAcknowledge, useSilence } from '../../lib/alarm-queries.ts';
import type { Alarm } from '../../lib/alarm-row.ts';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { visibleText } from '../../lib/visible.ts';
import { isoSecond } from '../../routes/range.ts';
import { WhoAndWhy } from '../../lib/who-and-why.tsx';
import { matchersIn, SilenceFields } from './silence-fields.tsx';
import { fieldOf, UntilFields, untilOf } from './until-fields.tsx';

const HOUR_MS = 3_600_000;

interface ActionsProps {
  readonly alarm: Alarm;
}

/** What a person can say of an alarm, and what came of it. */
export function AlarmActions({ alarm }: ActionsProps) {
  const [said, setSaid] = useState('');
  return (
    <div className="alarm-actions">
      {alarm.state === 'ALARM' && <Acknowledge alarm={alarm} onSaid={setSaid} />}
      <SilenceButton alarm={alarm} onSaid={setSaid} />
      <span role="status" className="alarm-said">
        <OutsideText text={said} />
      </span>
    </div>
  );
}

interface TellProps extends ActionsProps {
  readonly onSaid: (sentence: string) => void;
}

function Acknowledge({ alarm, onSaid }: TellProps) {
  const acknowledge = useAcknowledge();
  return (
    <ConfirmButton
      label={alarm.acknowledged === null ? 'Acknowledge…' : 'Acknowledge anew…'}
      title={`Acknowledge ${visibleText(alarm.title)}?`}
      confirm="Acknowledge"
      onConfirm={async (form) => {
        const until = untilOf(form, Date.now());
        const { sentence } = await acknowledge.mutateAsync({
          alarm: alarm.alarm,
          ...(until === null ? {} : { until }),
          author: fieldOf(form, 'author'),
          reason: fieldOf(form, 'reason'),
        });
        onSaid(sentence);
      }}
    >
      <p>Others see that you have it in hand, and are not told of it again. It goes on being evaluated.</p>
      <UntilFields open="until it recovers, a week at most" />
      <WhoAndWhy />
    </ConfirmButton>
  );
}

interface SilenceButtonProps {
  /** Whose labels are filled in; null for none. */
  readonly alarm: Alarm | null;
  readonly onSaid: (sentence: string) => void;
  readonly label?: string;
  readonly startsOpen?: boolean;
  readonly onClosed?: () => void;
}

/** Mutes the alarms that fit, for a time. */
export function SilenceButton({ alarm, onSaid, label = 'Silence…', ...opening }: SilenceButtonProps) {
  const silence = useSilence();
  return (
    <ConfirmButton
      label={label}
      title={alarm === null ? 'Silence alarms?' : `Silence ${visibleText(alarm.title)}?`}
      confirm="Silence"
      {...opening}
      onConfirm={async (form) => {
        const ends = untilOf(form, Date.now()) ?? isoSecond(Date.now() + HOUR_MS);
        const { sentence } = await silence.mutateAsync({
          matchers: matchersIn(form),
          ends,
          author: fieldOf(form, 'author'),
          reason: fieldOf(form, 'reason'),
        });
        onSaid(sentence);
      }}
    >
      <p>Nobody is told of them until then. Evaluation and history go on.</p>
      <SilenceFields alarm={alarm} />
    </ConfirmButton>
  );
}
