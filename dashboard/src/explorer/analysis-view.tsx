import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useMemo, type FormEvent } from 'react';
import { getJson, type ApiProblem, type Query } from '../lib/api.ts';
import { isTime, type FactRow } from '../lib/facts.ts';
import { counted } from '../lib/format.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { scopeOf } from '../lib/queries.ts';
import { Link } from '../routes/link.tsx';
import { go, hrefTo, hrefWith } from '../routes/place.ts';
import { rangeWords } from '../routes/range.ts';
import { useView } from '../routes/view.tsx';
import { ColumnMenu, useColumns } from '../tables/columns.tsx';
import { ExportButtons } from '../tables/export-buttons.tsx';
import { bytesColumn, countColumn, durationColumn, textColumn, timeColumn } from '../tables/fact-cells.tsx';
import { RecordTable, type Column } from '../tables/record-table.tsx';
import type { Analysis, AnalysisResult } from './answers.ts';
import type { ExplorerKind } from './kind.ts';
import { useAnalyses } from './use-explorer.ts';

const LIMIT = 1000;
/** Goes before a parameter's name in the address. */
const PREFIX = 'p.';
/** What every question takes, and the page has already. */
const SCOPE = ['bucket', 'since', 'until', 'limit'];

/** The answer to a question with a name, in place of the list. */
export function AnalysisView({ kind, name }: { readonly kind: ExplorerKind; readonly name: string }) {
  const { place } = useView();
  const analyses = useAnalyses();
  const analysis = analyses.data?.rows.find((candidate) => candidate.name === name);
  const back = (
    <Link className="button" href={hrefTo(place, kind.route)}>
      Back to all {kind.facts}
    </Link>
  );
  if (analyses.error !== null)
    return <ProblemBox problem={analyses.error} onRetry={() => void analyses.refetch()} />;
  if (analyses.data === undefined) return <Skeleton heightPx={320} />;
  if (analysis === undefined)
    return (
      <div className="empty">
        <p>There is no analysis of this name.</p>
        {back}
      </div>
    );
  return (
    <div className="stack">
      <header className="analysis-head">
        <div>
          <h2>{analysis.title}</h2>
          <p className="muted">{analysis.description}</p>
        </div>
        {back}
      </header>
      <ParameterForm key={place.params.toString()} analysis={analysis} />
      <AnalysisAnswer key={analysis.name} analysis={analysis} />
    </div>
  );
}

function asked(analysis: Analysis): Analysis['parameters'] {
  return analysis.parameters.filter((parameter) => !SCOPE.includes(parameter.name));
}

/** Its parameters; what is given goes into the address. */
function ParameterForm({ analysis }: { readonly analysis: Analysis }) {
  const { place } = useView();
  const id = useId();
  const parameters = asked(analysis);
  if (parameters.length === 0) return null;
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const changes = parameters.map(({ name }) => {
      const value = given.get(name);
      return [PREFIX + name, typeof value === 'string' && value !== '' ? value : null] as const;
    });
    go(hrefWith(place, Object.fromEntries(changes)));
  };
  return (
    <form className="panel parameter-form" onSubmit={ask}>
      {parameters.map(({ name, required }) => (
        <div key={name} className="parameter">
          <label htmlFor={`${id}-${name}`}>
            {name.replaceAll('_', ' ')}
            {required && ' (needed)'}
          </label>
          <input
            id={`${id}-${name}`}
            name={name}
            required={required}
            defaultValue={place.params.get(PREFIX + name) ?? ''}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-${name}-is`}
          />
          <p id={`${id}-${name}-is`} className="muted">
            The whole value; * stands for any text.
          </p>
        </div>
      ))}
      <button type="submit" className="button primary">
        Ask
      </button>
    </form>
  );
}

function AnalysisAnswer({ analysis }: { readonly analysis: Analysis }) {
  const view = useView();
  const { params } = view.place;
  const takesBucket = analysis.parameters.some(({ name }) => name === 'bucket');
  const given: Query = Object.fromEntries(
    asked(analysis).map(({ name }) => [name, params.get(PREFIX + name)]),
  );
  const lacking = analysis.parameters.filter(
    ({ name, required }) =>
      required && (name === 'bucket' ? view.bucket === null : (given[name] ?? '') === ''),
  );
  const route = `/analyses/${encodeURIComponent(analysis.name)}`;
  const answer = useQuery<AnalysisResult, ApiProblem>({
    queryKey: [route, view.bucket, view.range, given],
    queryFn: ({ signal }) => {
      const { bucket, ...range } = scopeOf(view, Date.now());
      const scope = takesBucket ? { ...range, bucket: bucket ?? null } : range;
      return getJson<AnalysisResult>(route, { ...scope, ...given, limit: LIMIT }, signal);
    },
    placeholderData: keepPreviousData,
    enabled: lacking.length === 0,
    meta: { isHeld: !view.isLive },
  });
  if (lacking.length > 0) {
    const names = lacking.map(({ name }) => name.replaceAll('_', ' ')).join(', ');
    return <p className="empty">This question needs: {names}.</p>;
  }
  if (answer.error !== null)
    return <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton heightPx={320} />;
  if (answer.data.rows.length === 0) return <p className="empty">Nothing {rangeWords(view.range)}.</p>;
  return <AnalysisTable analysis={analysis} result={answer.data} isStale={answer.isPlaceholderData} />;
}

interface AnalysisTableProps {
  readonly analysis: Analysis;
  readonly result: AnalysisResult;
  readonly isStale: boolean;
}

function AnalysisTable({ analysis, result, isStale }: AnalysisTableProps) {
  const { columns: names, rows } = result;
  const sample = rows[0];
  const all = useMemo(() => names.map((name) => columnOf(name, sample?.[name])), [names, sample]);
  const choice = { param: 'cols', all, usual: names };
  const columns = useColumns(choice);
  const ids = rows.map((_, index) => String(index));
  return (
    <section className="panel flush" data-stale={isStale}>
      <header className="panel-head">
        <h2>{rows.length < LIMIT ? counted(rows.length, 'row') : `The first ${counted(LIMIT, 'row')}`}</h2>
        <span className="panel-actions">
          <ColumnMenu {...choice} />
          <ExportButtons rows={rows} name={analysis.name} />
        </span>
      </header>
      <RecordTable label={analysis.title} columns={columns} rows={rows} ids={ids} openId={null} />
    </section>
  );
}

const NARROW_PX = 110;
const WIDE_PX = 200;

/** A column as its name and a value of it suggest. */
function columnOf(name: string, value: unknown): Column<FactRow> {
  const words = name.replaceAll('_', ' ');
  const title = words.slice(0, 1).toUpperCase() + words.slice(1);
  if (isTime(name, value)) return timeColumn([name, title, 132]);
  if (/(?:^|_)bytes(?:_|$)|_size$/.test(name)) return bytesColumn([name, title, NARROW_PX]);
  if (/_ms(?:_p\d+)?$/.test(name)) return durationColumn([name, title, NARROW_PX]);
  if (typeof value === 'number') return countColumn([name, title, NARROW_PX]);
  return textColumn([name, title, WIDE_PX]);
}
