import { useNotifyChannels, useDeliveries } from '../../lib/notify-queries.ts';
import type { Alarm } from '../../lib/alarm-row.ts';
import { Skeleton } from '../../lib/panel.tsx';
import { ProblemBox } from '../../lib/problem-box.tsx';
import { useView } from '../../routes/view.tsx';
import { ChannelsPanel, WaitingPanel } from './channels-panel.tsx';
import { DeliveriesTable } from './deliveries-table.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';
import { deliveryInAddress, outcomeInAddress } from './delivery-address.ts';
import { NoChannels } from './no-channels.tsx';

/** How channels do, what waits, and what became of each message. */
export function DeliveriesView({ alarms }: { readonly alarms: readonly Alarm[] }) {
  const { place, isLive } = useView();
  const { params } = place;
  const answer = useNotifyChannels();
  const open = deliveryInAddress(place);
  const list = useDeliveries({
    channel: params.get('channel'),
    outcome: outcomeInAddress(place).asked,
    alarm: params.get('of'),
    isLive: isLive && open === null,
  });
  const titles = new Map(alarms.map(({ alarm, title }) => [alarm, title]));
  const channels = answer.data;
  const hasNobody = channels?.rows.length === 0;
  return (
    <>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.isPending && answer.error === null && <Skeleton heightPx={160} />}
      {hasNobody && <NoChannels />}
      {channels !== undefined && !hasNobody && (
        <>
          <ChannelsPanel channels={channels} />
          <WaitingPanel channels={channels} />
        </>
      )}
      {!(hasNobody && list.rows.length === 0) && (
        <DeliveriesTable
          list={list}
          names={channels?.rows.map(({ channel }) => channel) ?? []}
          titles={titles}
        />
      )}
      {open !== null && <DeliveryPanel number={open} rows={list.rows} titles={titles} />}
    </>
  );
}
