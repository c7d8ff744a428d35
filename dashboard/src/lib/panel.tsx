import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Coverage } from '../../../src/serve/api.ts';
import type { ApiProblem } from './api.ts';
import { ProblemBox } from './problem-box.tsx';

interface PanelProps<T> {
  readonly title: string;
  readonly answer: UseQueryResult<T, ApiProblem>;
  /** The height of what comes, so that nothing jumps when it is there. */
  readonly skeletonPx: number;
  readonly actions?: ReactNode;
  /** Under the content: what it covers. */
  readonly footer?: (answer: T) => ReactNode;
  readonly children: (answer: T) => ReactNode;
}

/** A titled part of a page that shows one answer of the API, its shape while it is awaited, or what went wrong. */
export function Panel<T>({ title, answer, skeletonPx, actions, footer, children }: PanelProps<T>) {
  const shown = answer.data;
  return (
    <section className="panel" aria-busy={answer.isPending} data-stale={answer.isPlaceholderData}>
      <header className="panel-head">
        <h2>{title}</h2>
        <span className="panel-actions">{actions}</span>
      </header>
      {answer.error !== null && <ProblemBox problem={answer.error} onRetry={() => void answer.refetch()} />}
      {shown === undefined && answer.error === null && <Skeleton heightPx={skeletonPx} />}
      {shown !== undefined && children(shown)}
      {shown !== undefined && footer !== undefined && <footer className="panel-foot">{footer(shown)}</footer>}
    </section>
  );
}

/** The place of something that is on its way. */
export function Skeleton({ heightPx }: { readonly heightPx: number }) {
  return <div className="skeleton" style={{ height: heightPx }} role="status" aria-label="Loading" />;
}

/** Which sources an answer comes from. */
export function sourcesText(coverage: Coverage): string {
  const { sources } = coverage;
  if (sources.length === 0) return '';
  return sources.length <= 2 ? `from ${sources.join(' and ')}` : `from ${sources.length} sources`;
}
