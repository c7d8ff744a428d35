import { useState, type CSSProperties } from 'react';
import { SEVERITY_WORDS, STATE_WORDS } from '../../lib/alarm-words.ts';
import { clockText, counted, dateText, durationText, exactCount, stampText } from '../../lib/format.ts';
import { Icon } from '../../lib/icons.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { visibleText } from '../../lib/visible.ts';
import { Link } from '../../routes/link.tsx';
import { hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { alarmInAddress } from './alarm-address.ts';
import { ticksOf, type Lane, type LaneSpan } from './lanes.ts';

const SHOWN = 30;
const TICKS_MAX = 8;
/** Room for the words of the last tick, as a share of the lane. */
const TICK_SHARE = 0.08;
const DAY_MS = 86_400_000;
/** A span narrower than this share of the lane has no room for its letter. */
const LETTER_SHARE = 0.03;
const WORD_SHARE = 0.22;

interface LanesChartProps {
  readonly lanes: readonly Lane[];
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** One lane an alarm, coloured by its state. */
export function LanesChart({ lanes, sinceMs, untilMs }: LanesChartProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? lanes : lanes.slice(0, SHOWN);
  if (lanes.length === 0)
    return <p className="panel-empty">No alarm changed in this range, and none was in ALARM.</p>;
  return (
    <>
      <ul className="lanes" aria-label="Alarms over time">
        <li className="lane lane-axis" aria-hidden="true">
          <span />
          <span className="lane-track">
            {ticksOf(sinceMs, untilMs - (untilMs - sinceMs) * TICK_SHARE, TICKS_MAX).map((tick) => (
              <span
                key={tick}
                className="lane-tick"
                style={placed((tick - sinceMs) / (untilMs - sinceMs), 0)}
              >
                {tickText(tick, untilMs - sinceMs)}
              </span>
            ))}
          </span>
        </li>
        {shown.map((lane) => (
          <LaneRow key={lane.alarm} lane={lane} sinceMs={sinceMs} untilMs={untilMs} />
        ))}
      </ul>
      {lanes.length > SHOWN && (
        <button type="button" className="link-button more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `${exactCount(lanes.length - SHOWN)} more`}
        </button>
      )}
      <LanesLegend />
    </>
  );
}

function LanesLegend() {
  return (
    <p className="lanes-legend muted">
      {Object.entries(STATE_WORDS).map(([state, { status, letter, word }]) => (
        <span key={state}>
          <span className="lane-key" data-status={status}>
            {letter}
          </span>{' '}
          {word}
        </span>
      ))}
      <span>Alarms that were OK all the time are left out</span>
    </p>
  );
}

function tickText(tickMs: number, lengthMs: number): string {
  if (lengthMs <= DAY_MS) return clockText(tickMs);
  const isMidnight = clockText(tickMs) === '00:00';
  return isMidnight ? stampText(tickMs).replace(/ \d\d:\d\d$/, '') : clockText(tickMs);
}

/** From where to where, as shares of the lane. */
function placed(from: number, length: number): CSSProperties {
  return { left: `${from * 100}%`, ...(length > 0 ? { width: `${length * 100}%` } : {}) };
}

interface LaneRowProps extends Pick<LanesChartProps, 'sinceMs' | 'untilMs'> {
  readonly lane: Lane;
}

function LaneRow({ lane, sinceMs, untilMs }: LaneRowProps) {
  const { place } = useView();
  const lengthMs = untilMs - sinceMs;
  const { status, word } = SEVERITY_WORDS[lane.severity];
  return (
    <li className="lane" data-current={alarmInAddress(place) === lane.alarm}>
      <Link href={hrefWith(place, { alarm: lane.alarm })} className="lane-name">
        <span className="lane-severity" data-status={status} data-tip={word}>
          <Icon name={status} />
        </span>
        <CutText text={lane.title} />
      </Link>
      <span className="lane-track" role="img" aria-label={laneWords(lane)}>
        {lane.spans.map((span) => {
          const share = (span.untilMs - span.fromMs) / lengthMs;
          const state = STATE_WORDS[span.state];
          return (
            <span
              key={span.fromMs}
              className="lane-span"
              data-status={state.status}
              data-tip={spanTip(span)}
              style={placed((span.fromMs - sinceMs) / lengthMs, share)}
            >
              {share >= WORD_SHARE ? state.word : share >= LETTER_SHARE ? state.letter : ''}
            </span>
          );
        })}
      </span>
    </li>
  );
}

function spanTip(span: LaneSpan): string {
  const { word } = STATE_WORDS[span.state];
  const length = durationText(span.untilMs - span.fromMs);
  const why = span.sentence === '' ? '' : `\n${visibleText(span.sentence)}`;
  return `${word} for ${length}: ${dateText(span.fromMs)} ${clockText(span.fromMs)} to ${clockText(span.untilMs)}${why}`;
}

/** `ALARM for 3 h in 2 stretches, the last from Nov 21 12:00`. */
function laneWords({ spans }: Lane): string {
  const wrong = spans.filter(({ state }) => state === 'ALARM');
  const last = wrong.at(-1);
  if (last === undefined) return 'Never in ALARM here';
  const ms = wrong.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  return `In ALARM for ${durationText(ms)} in ${counted(wrong.length, 'stretch')}, the last from ${stampText(last.fromMs)} to ${stampText(last.untilMs)}`;
}
