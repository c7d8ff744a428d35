import { useStorms } from '../../lib/activity-queries.ts';
import { Covers } from '../../lib/covers.tsx';
import { durationText, exactCount, percentText, shortCount } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { CutText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { requestsHref } from '../../lib/rows-behind.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import type { Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { STORM_KINDS, stormSource, type Storm } from './storm-words.ts';

/** The rows of a storm: its filters within the minutes it lasted. */
function stormHref(place: Place, storm: Storm): string {
  return requestsHref(place, { ...storm.filters, range: null, since: storm.started, until: storm.ended });
}

function columnsOf(place: Place): readonly PlainColumn<Storm>[] {
  return [
    {
      title: 'Storm',
      cell: (storm) => (
        <>
          <Link href={stormHref(place, storm)}>
            {STORM_KINDS[storm.kind].title} ({storm.kind})
          </Link>
          <span className="advice">{STORM_KINDS[storm.kind].advice}</span>
        </>
      ),
    },
    { title: 'Bucket', cell: (storm) => <CutText text={storm.bucket} /> },
    {
      title: 'Began',
      cell: (storm) => (
        <>
          <Moment time={storm.started} />
          <span className="advice">
            for {durationText(Date.parse(storm.ended) - Date.parse(storm.started))}
          </span>
        </>
      ),
    },
    {
      title: 'Requests',
      align: 'end',
      cell: (storm) => <span data-tip={exactCount(storm.requests)}>{shortCount(storm.requests)}</span>,
    },
    {
      title: 'A minute',
      meaning: 'At the peak, and what is usual in this bucket',
      align: 'end',
      cell: (storm) => (
        <>
          {shortCount(storm.peak_per_minute)}
          <span className="advice">usually {shortCount(Number(storm.usual_per_minute.toPrecision(2)))}</span>
        </>
      ),
    },
    {
      title: 'Mostly from',
      cell: (storm) => {
        const who = stormSource(storm);
        if (who === null) return 'many requesters';
        return (
          <>
            <CutText text={who} />
            <span className="advice">{percentText(storm.share)} of it</span>
          </>
        );
      },
    },
  ];
}

/** Stretches with far more errors or listings than is usual. */
export function StormsPanel() {
  const { place } = useView();
  const storms = useStorms();
  return (
    <Panel
      title="Storms"
      answer={storms}
      skeletonPx={180}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) =>
        answer.rows.length === 0 ? (
          <p className="panel-empty">
            <StatusMark status="ok" word="No storm in this range" />
          </p>
        ) : (
          <PlainTable
            label="Storms"
            columns={columnsOf(place)}
            rows={answer.rows}
            idOf={(storm) => `${storm.kind} ${storm.bucket} ${storm.started}`}
          />
        )
      }
    </Panel>
  );
}
