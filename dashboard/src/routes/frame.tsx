import { Suspense, useEffect } from 'react';
import { Icon } from '../lib/icons.tsx';
import { useLive } from '../lib/live.tsx';
import { useNowMs } from '../lib/now.ts';
import { Skeleton } from '../lib/panel.tsx';
import { ProblemBox } from '../lib/problem-box.tsx';
import { useStatus } from '../lib/queries.ts';
import { TipLayer } from '../lib/tip.tsx';
import { relativeText } from '../lib/format.ts';
import { NotFound } from '../pages/not-found.tsx';
import { PAGES } from './pages.ts';
import { usePlace } from './place.ts';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { ViewProvider, viewOf } from './view.tsx';

/** The rail, the bar and the page the address names. */
export function Frame() {
  const place = usePlace();
  const live = useLive();
  const status = useStatus(live !== 'paused');
  const page = PAGES.find((candidate) => candidate.path === place.path);
  const title = page?.title ?? 'Not found';
  useEffect(() => {
    document.title = `${title} · Bucketwatch`;
  }, [title]);
  const Content = page?.content ?? NotFound;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Rail place={place} version={status.data?.version ?? null} />
      {status.data === undefined ? (
        <main id="content" className="page">
          {status.error === null ? (
            <Skeleton heightPx={320} />
          ) : (
            <ProblemBox problem={status.error} onRetry={() => void status.refetch()} />
          )}
        </main>
      ) : (
        <ViewProvider value={viewOf({ place, status: status.data, live }, Date.now())}>
          <div className="frame-main">
            <TopBar />
            {status.error !== null && <Disconnected sinceMs={status.dataUpdatedAt} />}
            <main id="content" className="page" aria-label={title}>
              <h1 className="page-title">{title}</h1>
              <Suspense fallback={<Skeleton heightPx={320} />}>
                <Content key={place.path} />
              </Suspense>
            </main>
          </div>
        </ViewProvider>
      )}
      <TipLayer />
    </div>
  );
}

function Disconnected({ sinceMs }: { readonly sinceMs: number }) {
  const nowMs = useNowMs();
  return (
    <p className="disconnected" role="alert">
      <Icon name="alarm" /> The server does not answer. What you see was loaded {relativeText(sinceMs, nowMs)}
      .
    </p>
  );
}
