import { useDefinitions } from '../../lib/alarm-queries.ts';
import type { AlarmDefinition } from '../../lib/alarm-row.ts';
import { KIND_WORDS, SEVERITY_WORDS } from '../../lib/alarm-words.ts';
import { exactCount } from '../../lib/format.ts';
import { OutsideText } from '../../lib/outside-text.tsx';
import { Panel } from '../../lib/panel.tsx';
import { PlainTable, type PlainColumn } from '../../lib/plain-table.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { isNamed } from './quiet-alarms.tsx';

const COLUMNS: readonly PlainColumn<AlarmDefinition>[] = [
  {
    title: 'Definition',
    cell: ({ id, title }) => (
      <>
        <OutsideText text={title} />
        <span className="advice">
          <code>{id}</code>
        </span>
      </>
    ),
  },
  {
    title: 'Rule',
    cell: ({ kind, rule }) => (
      <span className="rule-words">
        <OutsideText text={rule} />
        <span className="advice">{KIND_WORDS[kind].word}</span>
      </span>
    ),
  },
  { title: 'Severity', cell: ({ severity }) => <StatusMark {...SEVERITY_WORDS[severity]} /> },
  {
    title: 'From',
    meaning: 'It works without any configuration, or the configuration made or changed it',
    cell: ({ from }) => from,
  },
  { title: 'Alarms', align: 'end', cell: ({ alarms }) => exactCount(alarms) },
  {
    title: 'Enabled',
    cell: ({ enabled }) =>
      enabled ? <StatusMark status="ok" word="On" /> : <span className="muted">Off</span>,
  },
];

/** What is looked for, in words. */
export function DefinitionsView() {
  const { place } = useView();
  const answer = useDefinitions();
  const named = place.params.get('named') ?? '';
  const actions = (
    <input
      type="search"
      aria-label="Definition named"
      placeholder="Definition named…"
      value={named}
      onChange={({ target }) =>
        go(hrefWith(currentPlace(), { named: target.value === '' ? null : target.value }), { replace: true })
      }
    />
  );
  return (
    <Panel title="Definitions" answer={answer} skeletonPx={320} actions={actions}>
      {({ rows }) => {
        const shown = rows.filter(({ id, rule, ...row }) =>
          isNamed({ ...row, definition: id, sentence: rule }, named),
        );
        return shown.length === 0 ? (
          <p className="panel-empty">No definition is like this.</p>
        ) : (
          <div className="alarm-list">
            <PlainTable label="Definitions" columns={COLUMNS} rows={shown} idOf={({ id }) => id} />
          </div>
        );
      }}
    </Panel>
  );
}
