import type { ComponentType } from 'react';
import type { IconName } from '../lib/icons.tsx';
import { Activity } from '../pages/activity.tsx';
import { Alarms } from '../pages/alarms.tsx';
import { Backups } from '../pages/backups.tsx';
import { Calls } from '../pages/calls.tsx';
import { Overview } from '../pages/overview.tsx';
import { Replication } from '../pages/replication.tsx';
import { Requests } from '../pages/requests.tsx';
import { Sources } from '../pages/sources.tsx';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  readonly content: ComponentType;
}

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
