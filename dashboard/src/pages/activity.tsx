import type { ReactNode } from 'react';
import { useSeries } from '../lib/queries.ts';
import { SectionLinks } from '../lib/section-links.tsx';
import { useView } from '../routes/view.tsx';
import { Access } from './activity/access.tsx';
import { Cost } from './activity/cost.tsx';
import { FirstSeen } from './activity/first-seen.tsx';
import { Metrics } from './activity/metrics.tsx';
import { SlowPanel } from './activity/slow.tsx';
import { StormsPanel } from './activity/storms.tsx';
import { Tops } from './activity/tops.tsx';
import { Traffic } from './activity/traffic.tsx';
import { useConcerns } from './concerns.ts';
import { EmptyStore, isEmptyStore } from './empty-store.tsx';
import { VerdictLine } from './verdict-line.tsx';

const STEPS = 320;
/** What is wrong on these pages is said there. */
const ELSEWHERE = ['/sources', '/replication'];

interface ActivitySection {
  readonly id: string;
  readonly title: string;
  readonly content: () => ReactNode;
}

const SECTIONS: readonly ActivitySection[] = [
  { id: 'traffic', title: 'Traffic', content: () => <Traffic steps={STEPS} /> },
  { id: 'top', title: 'Who and what', content: () => <Tops /> },
  { id: 'metrics', title: 'Metrics', content: () => <Metrics /> },
  { id: 'access', title: 'Access', content: () => <Access /> },
  { id: 'storms', title: 'Storms', content: () => <StormsPanel /> },
  { id: 'slow', title: 'Slow', content: () => <SlowPanel /> },
  { id: 'cost', title: 'Cost', content: () => <Cost /> },
  { id: 'new', title: 'First seen', content: () => <FirstSeen /> },
];

/** Traffic, errors and latency, who makes them, what they cost, and what is new. */
export function Activity() {
  const { status } = useView();
  if (isEmptyStore(status)) return <EmptyStore status={status} />;
  return <FilledActivity />;
}

function FilledActivity() {
  const { place } = useView();
  const series = useSeries(STEPS);
  const all = useConcerns(series.data ?? null);
  const concerns = { ...all, rows: all.rows.filter(({ path }) => !ELSEWHERE.includes(path)) };
  const asked = place.params.get('part');
  const section = SECTIONS.find(({ id }) => id === asked) ?? SECTIONS[0];
  return (
    <div className="stack">
      <VerdictLine answer={series} concerns={concerns} />
      <SectionLinks label="Parts of activity" param="part" sections={SECTIONS} current={section?.id ?? ''} />
      {section?.content()}
    </div>
  );
}
