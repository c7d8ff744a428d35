import { useSlow } from '../../lib/activity-queries.ts';
import { Covers } from '../../lib/covers.tsx';
import { fieldText, rowIds } from '../../lib/facts.ts';
import { Panel } from '../../lib/panel.tsx';
import { go } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { requestsHref } from '../../lib/rows-behind.ts';
import {
  bytesColumn,
  durationColumn,
  httpStatusColumn,
  textColumn,
  timeColumn,
} from '../../tables/fact-cells.tsx';
import { RecordTable } from '../../tables/record-table.tsx';

const LIMIT = 20;
const COLUMNS = [
  durationColumn(['total_time_ms', 'Took', 70]),
  durationColumn(['turn_around_time_ms', 'First byte', 80]),
  timeColumn(['time', 'Time', 132]),
  textColumn(['bucket', 'Bucket', 120]),
  textColumn(['operation', 'Operation', 150]),
  httpStatusColumn(['http_status', 'Status', 62]),
  textColumn(['key', 'Key', 240]),
  bytesColumn(['bytes_sent', 'Sent', 88]),
  bytesColumn(['object_size', 'Object', 88]),
  textColumn(['requester', 'Requester', 150]),
];

/** The requests that took longest. */
export function SlowPanel() {
  const { place } = useView();
  const slow = useSlow(LIMIT);
  return (
    <Panel
      title="Slowest requests"
      answer={slow}
      skeletonPx={LIMIT * 32}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) => {
        if (answer.rows.length === 0)
          return <p className="panel-empty">No request in this range has its time in its record.</p>;
        const ids = rowIds(answer.rows, 'request_id');
        const open = (id: string) => {
          const requestId = fieldText(answer.rows[ids.indexOf(id)]?.['request_id']);
          go(requestsHref(place, { request_id: requestId, open: id }));
        };
        return (
          <RecordTable
            label="Slowest requests"
            columns={COLUMNS}
            rows={answer.rows}
            ids={ids}
            openId={null}
            onOpen={open}
          />
        );
      }}
    </Panel>
  );
}
