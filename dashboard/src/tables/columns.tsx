import { useMemo } from 'react';
import { Icon } from '../lib/icons.tsx';
import { Menu } from '../lib/menu.tsx';
import { currentPlace, go, hrefWith, usePlace } from '../routes/place.ts';
import type { Column } from './record-table.tsx';

interface ColumnChoice<Row> {
  /** Name of the choice in the address; each table of a page has its own. */
  readonly param: string;
  /** Every column there is, in the order in which they are shown. */
  readonly all: readonly Column<Row>[];
  /** Ids of those shown when the reader chose none. */
  readonly usual: readonly string[];
}

/** The columns the address asks for, in the table's own order; the usual ones when it names none that exist. */
export function useColumns<Row>({ param, all, usual }: ColumnChoice<Row>): readonly Column<Row>[] {
  const asked = usePlace().params.get(param);
  return useMemo(() => {
    const wanted = new Set(asked === null ? usual : asked.split(','));
    const shown = all.filter((column) => wanted.has(column.id));
    return shown.length > 0 ? shown : all.filter((column) => usual.includes(column.id));
  }, [asked, all, usual]);
}

/** Chooses the columns of a table; the choice is in the address. */
export function ColumnMenu<Row>(choice: ColumnChoice<Row>) {
  const { param, all, usual } = choice;
  const shown = useColumns(choice).map((column) => column.id);
  const set = (ids: readonly string[]) => {
    const isUsual = ids.length === usual.length && ids.every((id) => usual.includes(id));
    go(hrefWith(currentPlace(), { [param]: isUsual ? null : ids.join(',') }), { replace: true });
  };
  const toggle = (id: string) => {
    const wanted = shown.includes(id) ? shown.filter((other) => other !== id) : [...shown, id];
    if (wanted.length > 0) set(all.map((column) => column.id).filter((other) => wanted.includes(other)));
  };
  return (
    <Menu label="Columns" icon="columns" title="Choose the columns">
      {() => (
        <fieldset className="column-list">
          <legend>Columns</legend>
          {all.map((column) => (
            <label key={column.id}>
              <input
                type="checkbox"
                checked={shown.includes(column.id)}
                disabled={shown.length === 1 && shown[0] === column.id}
                onChange={() => toggle(column.id)}
              />
              {column.title}
            </label>
          ))}
          <button type="button" className="link-button" onClick={() => set(usual)}>
            <Icon name="refresh" /> The usual ones
          </button>
        </fieldset>
      )}
    </Menu>
  );
}
