import { useWrongAlarms } from '../lib/alarm-queries.ts';
import { needsAttention } from '../lib/alarm-words.ts';
import { useAllBackups } from '../lib/backup-queries.ts';
import { isWrong as isWrongBackup } from '../lib/backup-words.ts';
import { counted } from '../lib/format.ts';
import { Icon } from '../lib/icons.tsx';
import { useAllPairs, useSources } from '../lib/queries.ts';
import { isWrong } from '../lib/replication-words.ts';
import { Link } from './link.tsx';
import { PAGES } from './pages.ts';
import { hrefTo, type Place } from './place.ts';

interface Said {
  readonly count: number;
  readonly noun: string;
  readonly words: string;
}

/** How many things are wrong, by the path of the page that shows them. */
function useBadges(): Readonly<Record<string, Said>> {
  const sources = (useSources(true).data?.rows ?? []).filter(
    ({ state, verdict }) => state === 'failing' || verdict === 'failing' || verdict === 'silent',
  );
  const pairs = (useAllPairs().data?.rows ?? []).filter(isWrong);
  const backups = (useAllBackups().data?.rows ?? []).filter(isWrongBackup);
  const alarms = (useWrongAlarms().data?.rows ?? []).filter(needsAttention);
  return {
    '/alarms': { count: alarms.length, noun: 'alarm', words: 'need attention' },
    '/sources': { count: sources.length, noun: 'source', words: 'failing or silent' },
    '/replication': { count: pairs.length, noun: 'pair', words: 'failing or lagging' },
    '/backups': { count: backups.length, noun: 'backup', words: 'late, missing or wrong' },
  };
}

function Badge({ said }: { readonly said: Said | undefined }) {
  if (said === undefined || said.count === 0) return null;
  return (
    <span className="badge" data-tip={`${counted(said.count, said.noun)} ${said.words}`}>
      {said.count}
      <span className="unseen"> {said.words}</span>
    </span>
  );
}

/** The pages: on the left, or at the bottom of a phone. A page with something wrong has a badge. */
export function Rail({ place, version }: { readonly place: Place; readonly version: string | null }) {
  const badges = useBadges();
  return (
    <nav className="rail" aria-label="Pages">
      <Link className="brand" href={hrefTo(place, '/')} aria-label="Bucketwatch, to the overview">
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span>Bucketwatch</span>
      </Link>
      <ul>
        {PAGES.map((page) => (
          <li key={page.path}>
            <Link
              className="rail-link"
              href={hrefTo(place, page.path)}
              aria-current={page.path === place.path ? 'page' : undefined}
            >
              <Icon name={page.icon} />
              <span>{page.title}</span>
              <Badge said={badges[page.path]} />
            </Link>
          </li>
        ))}
      </ul>
      {version !== null && <p className="rail-foot">Version {version}</p>}
    </nav>
  );
}
