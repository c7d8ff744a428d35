import { createContext, useContext } from 'react';
import type { Status } from '../../../src/serve/api.ts';
import { parseTime } from '../lib/format.ts';
import type { LiveState } from '../lib/live.tsx';
import type { Place } from './place.ts';
import { defaultRange, rangeInAddress, type Range } from './range.ts';

/** What every panel on a page looks at. */
export interface View {
  readonly place: Place;
  readonly status: Status;
  /** Null for all buckets. */
  readonly bucket: string | null;
  readonly range: Range;
  /** True when the panels follow what arrives. */
  readonly isLive: boolean;
  readonly live: LiveState;
}

const ViewContext = createContext<View | null>(null);
export const ViewProvider = ViewContext.Provider;

/** The view of the page this is on. */
export function useView(): View {
  const view = useContext(ViewContext);
  if (view === null) throw new Error('useView() needs a ViewProvider around it');
  return view;
}

/** What the address and the store say there is to look at. */
export function viewOf(
  { place, status, live }: Pick<View, 'place' | 'status' | 'live'>,
  nowMs: number,
): View {
  const newestMs = parseTime(status.newest_event);
  return {
    place,
    status,
    bucket: place.params.get('bucket'),
    range: rangeInAddress(place.params) ?? defaultRange(newestMs, nowMs),
    isLive: live !== 'paused',
    live,
  };
}
