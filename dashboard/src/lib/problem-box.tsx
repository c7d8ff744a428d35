import type { ApiProblem } from './api.ts';
import { CopyButton } from './copy.tsx';
import { Icon } from './icons.tsx';
import { OutsideText } from './outside-text.tsx';

interface ProblemBoxProps {
  readonly problem: ApiProblem;
  readonly onRetry: () => void;
}

/** What the reader can do about each kind of refusal. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  invalid:
    'The address of this page asks for something the server does not accept: take the last filter or the range out.',
  not_found: 'It is not in the store. It may not have been loaded yet.',
  denied: 'This server does not allow it to you.',
  limit: 'Ask for less: a shorter range or one bucket.',
  unavailable:
    'Start it with "npm run bucketwatch -- serve", or look at its log. This page tries again by itself while live.',
  unsupported: 'This server cannot do this.',
};

/** An error as what happened, in which request, and the way out. */
export function ProblemBox({ problem, onRetry }: ProblemBoxProps) {
  const wayOut = WAYS_OUT[problem.code];
  return (
    <div className="problem" role="alert">
      <p className="problem-title">
        <Icon name="alarm" /> {problem.title}
      </p>
      <p>
        <OutsideText text={problem.message} />
      </p>
      <p className="problem-request">
        <span className="muted">In</span> <code>{problem.request}</code>{' '}
        <CopyButton text={problem.request} label="Copy the request" />
      </p>
      {wayOut !== undefined && <p className="muted">{wayOut}</p>}
      <button type="button" className="button" onClick={onRetry}>
        <Icon name="refresh" /> Try again
      </button>
    </div>
  );
}
