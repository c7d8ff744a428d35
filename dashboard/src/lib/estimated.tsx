import { counted } from './format.ts';

interface EstimatedProps {
  readonly answer: { readonly estimated: boolean; readonly sampled_requests: number };
}

/** Says that figures are estimated, and why; nothing when they are exact. */
export function Estimated({ answer }: EstimatedProps) {
  if (!answer.estimated) return null;
  const tip = `Estimated from an even sample of ${counted(answer.sampled_requests, 'request')}, as there are too many to read them all: good to a few percent.`;
  return (
    <span className="estimated" data-tip={tip}>
      ≈ estimated
    </span>
  );
}
