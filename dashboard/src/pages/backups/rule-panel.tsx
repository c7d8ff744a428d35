import type { BackupDetail } from '../../lib/backup-row.ts';
import { CopyButton } from '../../lib/copy.tsx';
import { OutsideText } from '../../lib/outside-text.tsx';
import { yamlText } from '../../lib/yaml-text.ts';
import { visibleLines } from './accept-button.tsx';

/** What its runs have to be, as the configuration says it. */
export function RulePanel({ detail: { row, rule } }: { readonly detail: BackupDetail }) {
  const text = yamlText([rule]);
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>Rule</h2>
        <span className="panel-actions">
          <CopyButton text={`${text}\n`} label="Copy the rule" />
        </span>
      </header>
      <p className="advice">
        {row.declared ? (
          <>
            As <code>backups.series</code> of the configuration has it.
          </>
        ) : (
          'Learned from its history; accepting it writes it into the configuration.'
        )}{' '}
        Keys: <OutsideText text={row.pattern} />
      </p>
      {Object.keys(rule).length === 0 ? (
        <p className="muted">None is known yet.</p>
      ) : (
        <pre className="yaml" tabIndex={0} aria-label="The rule">
          <code>{visibleLines(text)}</code>
        </pre>
      )}
    </section>
  );
}
