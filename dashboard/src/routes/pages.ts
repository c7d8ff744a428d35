import { type ComponentType, lazy } from 'react';
import type { IconName } from '../lib/icons.tsx';
import { Activity } from '../pages/activity.tsx';
import { Calls } from '../pages/calls.tsx';
import { Overview } from '../pages/overview.tsx';
import { Requests } from '../pages/requests.tsx';
import { Sources } from '../pages/sources.tsx';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  readonly content: ComponentType;
}

// Loaded when they are first opened: the overview, which comes first, does not wait for them.
const Alarms = lazy(async () => ({ default: (await import('../pages/alarms.tsx')).Alarms }));
const Backups = lazy(async () => ({ default: (await import('../pages/backups.tsx')).Backups }));
const Replication = lazy(async () => ({ default: (await import('../pages/replication.tsx')).Replication }));

/** In the order of the rail. */
export const PAGES: readonly Page[] = [
  { path: '/', title: 'Overview', icon: 'overview', content: Overview },
  { path: '/replication', title: 'Replication', icon: 'replication', content: Replication },
  { path: '/backups', title: 'Backups', icon: 'backups', content: Backups },
  { path: '/activity', title: 'Activity', icon: 'activity', content: Activity },
  { path: '/requests', title: 'Requests', icon: 'requests', content: Requests },
  { path: '/calls', title: 'Calls', icon: 'calls', content: Calls },
  { path: '/alarms', title: 'Alarms', icon: 'alarms', content: Alarms },
  { path: '/sources', title: 'Sources', icon: 'sources', content: Sources },
];
