import { counted } from '../lib/format.ts';
import { Icon } from '../lib/icons.tsx';
import { useSources } from '../lib/queries.ts';
import { Link } from './link.tsx';
import { PAGES } from './pages.ts';
import { hrefTo, type Place } from './place.ts';

/** The pages: on the left, or at the bottom of a phone. A page with something wrong has a badge. */
export function Rail({ place, version }: { readonly place: Place; readonly version: string | null }) {
  const wrong = (useSources(true).data?.rows ?? []).filter(
    ({ state, verdict }) => state === 'failing' || verdict === 'failing' || verdict === 'silent',
  ).length;
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
              {page.path === '/sources' && wrong > 0 && (
                <span className="badge" data-tip={`${counted(wrong, 'source')} failing or silent`}>
                  {wrong}
                  <span className="unseen"> failing or silent</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {version !== null && <p className="rail-foot">Version {version}</p>}
    </nav>
  );
}
