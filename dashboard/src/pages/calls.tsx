import { CALLS_KIND } from '../explorer/calls-kind.ts';
import { Explorer } from './explorer.tsx';

/** API calls as CloudTrail has them. */
export function Calls() {
  return <Explorer kind={CALLS_KIND} />;
}
