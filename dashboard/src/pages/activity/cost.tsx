import { COST_SPLITS, useCost, type CostBy } from '../../lib/activity-queries.ts';
import type { Cost as CostAnswer } from '../../../../src/serve/activity-api.ts';
import { Covers } from '../../lib/covers.tsx';
import { Estimated } from '../../lib/estimated.tsx';
import { bytesText, exactCount } from '../../lib/format.ts';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { requestsOf } from '../../lib/rows-behind.ts';
import { Segments } from '../../lib/segments.tsx';
import { ShareList, type Share } from '../../lib/share-list.tsx';
import { currentPlace, go, hrefWith, type Place } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { absentText } from './dimensions.ts';

const LIMIT = 25;
const CHOICES = [
  { id: 'bucket', title: 'Bucket' },
  { id: 'requester', title: 'Requester' },
  { id: 'operation', title: 'Operation' },
  { id: 'prefix', title: 'Prefix' },
] as const;

/** `$12.40`; three significant digits below a dollar. */
function moneyText(amount: number, currency: string): string {
  const digits = amount !== 0 && amount < 1 ? { maximumSignificantDigits: 3 } : {};
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...digits }).format(amount);
}

/** What requests and transfer cost at list prices. */
export function Cost() {
  const { place } = useView();
  const by = COST_SPLITS.find((known) => known === place.params.get('cost')) ?? 'bucket';
  const cost = useCost(by, LIMIT);
  const actions = (
    <>
      {cost.data !== undefined && <Estimated answer={cost.data} />}
      <Segments
        label="Told apart by"
        choices={CHOICES}
        chosen={by}
        onChoose={(id) =>
          go(hrefWith(currentPlace(), { cost: id === 'bucket' ? null : id }), { replace: true })
        }
      />
    </>
  );
  return (
    <Panel
      title="What requests cost"
      answer={cost}
      skeletonPx={480}
      actions={actions}
      footer={(answer) => <Covers coverage={answer.coverage} />}
    >
      {(answer) => (
        <>
          <CostTotals cost={answer} />
          {answer.rows.length === 0 ? (
            <p className="panel-empty">No requests in this range.</p>
          ) : (
            <ShareList label={`Cost by ${by}`} rows={sharesOf(answer, by, place)} />
          )}
          <ul className="notes">
            {answer.notes.map((note) => (
              <li key={note}>
                <OutsideText text={note} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function CostTotals({ cost }: { readonly cost: CostAnswer }) {
  const money = (amount: number) => moneyText(amount, cost.currency);
  return (
    <dl className="totals">
      <div>
        <dt>Estimate for the range</dt>
        <dd>{money(cost.total_cost)}</dd>
      </div>
      <div>
        <dt>Requests</dt>
        <dd>{money(cost.request_cost)}</dd>
      </div>
      <div>
        <dt>Transfer out</dt>
        <dd>{money(cost.transfer_cost)}</dd>
      </div>
      <div>
        <dt>List prices as of</dt>
        <dd>
          {cost.prices_as_of} <small>{cost.region}</small>
        </dd>
      </div>
    </dl>
  );
}

function sharesOf(cost: CostAnswer, by: CostBy, place: Place): readonly Share[] {
  const most = Math.max(Number.EPSILON, ...cost.rows.map((row) => row.cost));
  const money = (amount: number) => moneyText(amount, cost.currency);
  return cost.rows.map((row) => ({
    id: row.value,
    name: row.value === '' ? <span className="muted">{absentText(by)}</span> : <CutText text={row.value} />,
    href: requestsOf(place, by, row.value),
    figure: (cost.estimated ? '≈ ' : '') + money(row.cost),
    share: cost.total_cost === 0 ? null : row.cost / cost.total_cost,
    length: row.cost / most,
    failed: 0,
    tip: `${exactCount(row.requests)} requests: ${money(row.request_cost)}\n${bytesText(row.bytes_sent)} sent: ${money(row.transfer_cost)}`,
  }));
}
