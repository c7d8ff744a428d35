import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from './lib/api.ts';
import { LiveProvider } from './lib/live.tsx';
import { Frame } from './routes/frame.tsx';

const RETRIES_MAX = 2;
const UNUSED_KEPT_MS = 60_000;

function newQueryClient(): QueryClient {
  const canRetry = (failures: number, error: Error) =>
    error instanceof ApiProblem && error.canRetry && failures < RETRIES_MAX;
  return new QueryClient({
    defaultOptions: { queries: { retry: canRetry, gcTime: UNUSED_KEPT_MS, staleTime: 1000 } },
  });
}

/** The whole dashboard. */
export function App() {
  const [queries] = useState(newQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <LiveProvider>
        <Frame />
      </LiveProvider>
    </QueryClientProvider>
  );
}
