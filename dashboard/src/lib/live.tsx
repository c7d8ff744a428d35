import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { usePlace } from '../routes/place.ts';
import type { Range } from '../routes/range.ts';
import { followEvents, type StreamState } from './event-stream.ts';

/** Told of changes; asking every few seconds as the stream cannot be had; trying to reach it again; held still. */
export type LiveState = 'live' | 'polling' | 'reconnecting' | 'paused';

const LiveContext = createContext<LiveState>('polling');

/** Ranges up to a day are asked again this often at most, and what has no range. */
const SHORT_MS = 2000;
/** In longer ranges a step is many minutes wide, and asking costs the store more. */
const LONG_MS = 20_000;
const DAY_MS = 86_400_000;

/** How the page follows what arrives. */
export function useLive(): LiveState {
  return useContext(LiveContext);
}

/** Follows the server's events for everything inside, unless the address says `live=off` or the tab is hidden. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const isOn = usePlace().params.get('live') !== 'off';
  const isVisible = useVisible();
  const queries = useQueryClient();
  const [stream, setStream] = useState<StreamState>('polling');
  useEffect(() => {
    if (!isOn || !isVisible) return undefined;
    const refresher = newRefresher(queries);
    const end = followEvents({ onState: setStream, onChange: refresher.change });
    return () => {
      end();
      refresher.end();
    };
  }, [isOn, isVisible, queries]);
  return <LiveContext value={isOn ? stream : 'paused'}>{children}</LiveContext>;
}

function useVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const change = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', change);
    return () => document.removeEventListener('visibilitychange', change);
  }, []);
  return isVisible;
}

function isRange(part: unknown): part is Range {
  return typeof part === 'object' && part !== null && 'kind' in part;
}

/** How often a query is asked again at most; null for one that new records do not change. */
export function refreshMs({ queryKey, meta }: Pick<Query, 'queryKey' | 'meta'>): number | null {
  if (meta?.['isHeld'] === true) return null;
  const range = queryKey.find(isRange);
  if (range === undefined) return SHORT_MS;
  if (range.kind === 'absolute') return null;
  return range.lengthMs > DAY_MS ? LONG_MS : SHORT_MS;
}

interface Refresher {
  readonly change: () => void;
  readonly end: () => void;
}

/** Asks again what a change may have changed: at once, then no more often than each length of range allows. */
function newRefresher(queries: QueryClient): Refresher {
  const lengths = [SHORT_MS, LONG_MS];
  const lastMs = new Map<number, number>();
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const ask = (lengthMs: number) => {
    timers.delete(lengthMs);
    lastMs.set(lengthMs, Date.now());
    void queries.invalidateQueries(
      { predicate: (query) => refreshMs(query) === lengthMs },
      { cancelRefetch: false },
    );
  };
  return {
    change: () => {
      for (const lengthMs of lengths) {
        if (timers.has(lengthMs)) continue;
        const waitMs = Math.max(0, (lastMs.get(lengthMs) ?? 0) + lengthMs - Date.now());
        timers.set(
          lengthMs,
          setTimeout(() => ask(lengthMs), waitMs),
        );
      }
    },
    end: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}
