import type { BackupRun } from '../../lib/backup-row.ts';
import { RUN_WORDS } from '../../lib/backup-words.ts';
import { bytesText, counted, exactCount } from '../../lib/format.ts';
import { Moment } from '../../lib/moment.tsx';
import { CutText, OutsideText } from '../../lib/outside-text.tsx';
import { StatusMark } from '../../lib/status-mark.tsx';
import { Link } from '../../routes/link.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { SidePanel } from '../../tables/side-panel.tsx';
import { runParams, seriesHref, type RunName } from './series-address.ts';

interface RunPanelProps {
  readonly run: RunName;
  /** Those of its series, in the order of the arrows. */
  readonly runs: readonly BackupRun[];
  /** True while they are on their way. */
  readonly isPending: boolean;
  /** The way to its series; absent where that is the page. */
  readonly hasLink?: boolean;
}

/** Everything about one run of a series, beside what it was opened from. */
export function RunPanel({ run, runs, isPending, hasLink = false }: RunPanelProps) {
  const { place } = useView();
  const dueMs = Date.parse(run.due);
  const index = runs.findIndex(({ due }) => Date.parse(due) === dueMs);
  const shown = runs[index];
  const step = (direction: -1 | 1) => {
    const next = runs[index + direction];
    if (next !== undefined)
      go(hrefWith(currentPlace(), runParams({ ...run, due: next.due })), { replace: true });
  };
  return (
    <SidePanel
      title="One run"
      row={{}}
      onClose={() => go(hrefWith(currentPlace(), runParams(null)), { replace: true })}
      onStep={index < 0 ? null : step}
    >
      <div className="object-name">
        <p>
          <OutsideText text={run.series} />
        </p>
        <p className="muted">
          in <OutsideText text={run.bucket} />
          {hasLink && (
            <>
              {' · '}
              <Link href={seriesHref(place, run)}>All about this series</Link>
            </>
          )}
        </p>
      </div>
      {shown === undefined ? (
        <p className="panel-empty">
          {isPending ? 'Looking…' : 'This run is not known: it is not due yet, or its schedule has changed.'}
        </p>
      ) : (
        <RunFacts run={shown} />
      )}
    </SidePanel>
  );
}

function RunFacts({ run }: { readonly run: BackupRun }) {
  const { status, word, meaning } = RUN_WORDS[run.verdict];
  return (
    <section className="run-facts" aria-label="The run">
      <p className="run-verdict" data-tip={meaning}>
        <StatusMark status={status} word={word} />
      </p>
      <p>
        <OutsideText text={run.sentence} />
      </p>
      <dl className="facts">
        <dt>Due</dt>
        <dd>
          <Moment time={run.due} />
        </dd>
        <dt>Deadline</dt>
        <dd>
          <Moment time={run.deadline} />
        </dd>
        <dt>Arrived</dt>
        <dd>
          {run.arrived === null ? <span className="muted">nothing came</span> : <Moment time={run.arrived} />}
        </dd>
        <dt>Size</dt>
        <dd>
          {run.files > 0 && (
            <span data-tip={`${exactCount(run.size_bytes)} bytes`}>{bytesText(run.size_bytes)}</span>
          )}
          <UsualSize run={run} />
        </dd>
        <dt>Members</dt>
        <dd>{membersText(run)}</dd>
        <dt>So since</dt>
        <dd>
          <Moment time={run.since} />
        </dd>
      </dl>
      <RunKeys run={run} />
    </section>
  );
}

/** `36 of 37`, or the files where members do not matter. */
export function membersText({ members, members_expected, files }: BackupRun): string {
  if (members_expected === null) return counted(files, 'file');
  return `${exactCount(members)} of ${exactCount(members_expected)}`;
}

/** `usually 4.1 GiB`. */
export function UsualSize({ run }: { readonly run: Pick<BackupRun, 'usual_bytes'> }) {
  if (run.usual_bytes === null) return null;
  return (
    <span className="muted" data-tip="Median of the good runs before it">
      usually {bytesText(run.usual_bytes)}
    </span>
  );
}

function RunKeys({ run: { keys, files } }: { readonly run: BackupRun }) {
  if (keys.length === 0) return null;
  return (
    <>
      <h3>
        {keys.length < files ? `${keys.length} of its ${exactCount(files)} files` : counted(files, 'file')}
      </h3>
      <ul className="run-keys">
        {keys.map((key) => (
          <li key={key}>
            <CutText text={key} canCopy />
          </li>
        ))}
      </ul>
    </>
  );
}
