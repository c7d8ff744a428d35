import { CommandLine } from '../lib/copy.tsx';
import { INGEST_COMMAND, WATCH_COMMAND } from './empty-store.tsx';

/** Says that nothing here is real, and how to see what is. */
export function DemoBanner() {
  return (
    <aside className="demo-banner" aria-label="Demo estate">
      <p>
        <strong>Demo estate:</strong> the buckets, people and requests on these pages are made up, and nobody
        is told of its alarms. To watch your own:
      </p>
      <div className="commands">
        <CommandLine command={WATCH_COMMAND} />
        <CommandLine command={INGEST_COMMAND} />
      </div>
    </aside>
  );
}
