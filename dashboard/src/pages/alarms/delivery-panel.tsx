import { durationText, exactCount } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { STATE_WORDS } from '../../lib/alarm-words.ts';
import type { Delivery } from '../../lib/notify-row.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { CopyButton } from '../../lib/copy.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { SidePanel } from '../../tables/side-panel.tsx';
import { ChannelName, messageText, type Titles } from './deliveries-table.tsx';
import { OUTCOME_WORDS, toldText } from './delivery-words.ts';

interface DeliveryPanelProps {
  readonly number: string;
  /** Those of the list beside it. */
  readonly rows: readonly Delivery[];
  readonly titles: Titles;
}

/** One try of a message: what it said, to whom, and what came of it. */
export function DeliveryPanel({ number, rows, titles }: DeliveryPanelProps) {
  const index = rows.findIndex((row) => row.number === number);
  const row = rows[index];
  const step = (direction: -1 | 1) => {
    const next = rows[index + direction];
    if (next !== undefined) go(hrefWith(currentPlace(), { open: next.number }), { replace: true });
  };
  return (
    <SidePanel
      title="One message"
      row={{}}
      onClose={() => go(hrefWith(currentPlace(), { open: null }), { replace: true })}
      onStep={row === undefined ? null : step}
    >
      {row === undefined ? (
        <p className="panel-empty">This message is not among those shown.</p>
      ) : (
        <DeliveryFacts row={row} titles={titles} />
      )}
    </SidePanel>
  );
}

interface FactsProps extends Pick<DeliveryPanelProps, 'titles'> {
  readonly row: Delivery;
}

function DeliveryFacts({ row, titles }: FactsProps) {
  const { status, word, meaning } = OUTCOME_WORDS[row.outcome];
  return (
    <div className="alarm-facts">
      <section className="alarm-part" aria-label="The message">
        <h3 className="alarm-name">
          <OutsideText text={messageText(row, titles)} />
        </h3>
        <p className="alarm-standing">
          <StatusMark status={status} word={word} />
          <span className="muted">{meaning}</span>
        </p>
        {row.reason !== '' && (
          <p className="in-hand">
            <OutsideText text={row.reason} />
          </p>
        )}
      </section>
      {row.text !== '' && <Text text={row.text} />}
      <About row={row} />
      <Alarms row={row} titles={titles} />
    </div>
  );
}

function Text({ text }: { readonly text: string }) {
  return (
    <section className="alarm-part" aria-label="Text">
      <h3>
        What it said <CopyButton text={text} label="Copy the text" />
      </h3>
      <div className="message-text">
        {text.split('\n').map((line, index) => (
          <p key={index}>
            <OutsideText text={line} />
          </p>
        ))}
      </div>
      <p className="advice">Without its links. The channel gives it its own form, and may shorten it.</p>
    </section>
  );
}

function About({ row }: Pick<FactsProps, 'row'>) {
  return (
    <section className="alarm-part" aria-label="Delivery">
      <h3>Delivery</h3>
      <dl className="facts">
        <dt>Channel</dt>
        <dd>
          <ChannelName row={row} /> {row.kind !== null && <span className="muted">{row.kind}</span>}
        </dd>
        <dt>When</dt>
        <dd>
          <Moment time={row.at} />
          {row.ended_at !== null && (
            <span className="muted">
              took {durationText(Math.max(0, Date.parse(row.ended_at) - Date.parse(row.at)))}
            </span>
          )}
        </dd>
        {row.told !== null && (
          <>
            <dt>Told</dt>
            <dd>{toldText(row)}</dd>
            <dt>Try</dt>
            <dd>{exactCount(row.attempt)}</dd>
            <dt>Id</dt>
            <dd className="alarm-id">
              <OutsideText text={row.id} /> <CopyButton text={row.id} label="Copy the id" />
            </dd>
          </>
        )}
        {row.provider_id !== '' && (
          <>
            <dt>Its id there</dt>
            <dd className="alarm-id">
              <OutsideText text={row.provider_id} />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

/** What it was about, with the state that was told. */
function Alarms({ row, titles }: FactsProps) {
  const { place } = useView();
  return (
    <section className="alarm-part" aria-label="Alarms">
      <h3>Alarms</h3>
      <ul className="told-list">
        {row.alarms.map(({ alarm, state }) => (
          <li key={alarm}>
            <StatusMark {...STATE_WORDS[state]} />
            <Link href={hrefWith(place, { alarm, open: null })}>
              <OutsideText text={titles.get(alarm) ?? alarm} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
