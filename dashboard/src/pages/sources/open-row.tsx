import type { ReactNode } from 'react';
import type { BatchPage, RejectPage } from '../../../../src/serve/api.ts';
import type { FactRow } from '../../lib/facts.ts';
import type { CursorPage, Pages } from '../../lib/pages-query.ts';
import { visibleText } from '../../lib/visible.ts';
import { Link } from '../../routes/link.tsx';
import { go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { batchRowIds, rejectRowIds } from '../../tables/ledger-ids.ts';
import { SidePanel } from '../../tables/side-panel.tsx';
import { RejectLine } from './reject-line.tsx';

interface OpenRowProps<Page extends CursorPage> {
  /** `batch:<id>` or `reject:<batch>:<line>`, as the address has it. */
  readonly name: string;
  readonly list: Pages<Page>;
}

/** One batch of the ledger, with the way to its rejects. */
export function OpenBatch({ name, list }: OpenRowProps<BatchPage>) {
  const { place } = useView();
  return (
    <OpenRow title="One batch" prefix="batch:" name={name} list={list} ids={batchRowIds(list.rows)}>
      {(batch) =>
        batch.rejects > 0 && (
          <p className="side-panel-links">
            <Link
              className="button"
              href={hrefWith(place, { part: 'rejects', batch: batch.batch_id, open: null })}
            >
              Show its rejects
            </Link>
          </p>
        )
      }
    </OpenRow>
  );
}

/** One rejected record, what is wrong in it marked. */
export function OpenReject({ name, list }: OpenRowProps<RejectPage>) {
  return (
    <OpenRow title="One reject" prefix="reject:" name={name} list={list} ids={rejectRowIds(list.rows)}>
      {(reject) => <RejectLine reject={reject} />}
    </OpenRow>
  );
}

interface NamedRowProps<Row extends FactRow> {
  readonly title: string;
  readonly prefix: string;
  readonly name: string;
  readonly list: Pages<CursorPage & { readonly rows: readonly Row[] }>;
  readonly ids: readonly string[];
  readonly children: (row: Row) => ReactNode;
}

function OpenRow<Row extends FactRow>({ title, prefix, name, list, ids, children }: NamedRowProps<Row>) {
  const { place } = useView();
  const index = ids.indexOf(name.slice(prefix.length));
  const row = list.rows[index];
  const close = () => go(hrefWith(place, { open: null }), { replace: true });
  const step = (direction: -1 | 1) => {
    const id = ids[index + direction];
    if (id !== undefined) go(hrefWith(place, { open: `${prefix}${id}` }), { replace: true });
  };
  return (
    <SidePanel title={title} row={row ?? {}} onClose={close} onStep={row === undefined ? null : step}>
      {row === undefined ? (
        <p className="panel-empty">
          {list.isPending ? 'Loading…' : `${visibleText(name)} is not among the rows shown.`}
        </p>
      ) : (
        children(row)
      )}
    </SidePanel>
  );
}
