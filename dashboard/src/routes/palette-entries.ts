import type { ReadyView } from '../explorer/kind.ts';
import type { SavedView } from '../explorer/saved-views.ts';
import type { Alarm } from '../lib/alarm-row.ts';
import { inOrder, inState } from '../lib/alarm-words.ts';
import { seriesKey, seriesTitle } from '../lib/backup-words.ts';
import type { IconName } from '../lib/icons.tsx';
import { THEMES, type Theme } from '../lib/theme.ts';
import { visibleText } from '../lib/visible.ts';
import { alarmHref, silenceHref } from '../pages/alarms/alarm-address.ts';
import { seriesHref } from '../pages/backups/series-address.ts';
import { hrefTo, hrefWith, type Place } from './place.ts';
import { PRESETS, presetLabel, rangeParams } from './range.ts';

/** Something the palette offers: a place to go to, or a change of this page. */
export interface PaletteEntry {
  readonly id: string;
  /** What kind of thing it is: "Page", "Bucket". */
  readonly kind: string;
  readonly title: string;
  readonly icon: IconName;
  readonly does:
    | { readonly kind: 'go'; readonly href: string }
    | { readonly kind: 'theme'; readonly theme: Theme };
}

/** What there is to choose from. */
export interface PaletteFacts {
  readonly place: Place;
  readonly isLive: boolean;
  readonly pages: readonly { readonly path: string; readonly title: string; readonly icon: IconName }[];
  readonly buckets: readonly string[];
  readonly pairs: readonly { readonly id: string; readonly title: string }[];
  readonly backups: readonly { readonly bucket: string; readonly series: string }[];
  readonly alarms: readonly Alarm[];
  readonly requestViews: readonly ReadyView[];
  readonly callViews: readonly ReadyView[];
  readonly savedViews: readonly SavedView[];
  readonly analyses: readonly { readonly name: string; readonly title: string; readonly feed: string }[];
}

const ENTRIES_MAX = 60;
const FIND_LENGTH_MIN = 2;
/** Whoever looks for one record rarely knows when it was. */
const FIND_RANGE = { range: '90d', since: null, until: null, bucket: null };

type Going = Omit<PaletteEntry, 'does'> & { readonly href: string };

function going({ href, ...entry }: Going): PaletteEntry {
  return { ...entry, does: { kind: 'go', href } };
}

/** Everything that can be chosen, in the order of kinds. */
function allEntries(facts: PaletteFacts): PaletteEntry[] {
  const { place, isLive } = facts;
  const pages = facts.pages.map(({ path, title, icon }) =>
    going({ id: `page:${path}`, kind: 'Page', title, icon, href: hrefTo(place, path) }),
  );
  const ranges = PRESETS.map((preset) =>
    going({
      id: `range:${preset.id}`,
      kind: 'Time range',
      title: `Last ${presetLabel(preset.id)}`,
      icon: 'calendar',
      href: hrefWith(place, { ...rangeParams(preset), open: null }),
    }),
  );
  const live = going({
    id: 'live',
    kind: 'Action',
    title: isLive ? 'Hold the page still' : 'Follow what arrives',
    icon: 'refresh',
    href: hrefWith(place, { live: isLive ? 'off' : null }),
  });
  const themes = THEMES.map(
    (theme): PaletteEntry => ({
      id: `theme:${theme}`,
      kind: 'Colours',
      title: theme === 'system' ? 'Colours as the system' : `${theme === 'dark' ? 'Dark' : 'Light'} colours`,
      icon: theme,
      does: { kind: 'theme', theme },
    }),
  );
  return [
    ...pages,
    ...viewEntries(facts),
    ...ranges,
    ...pairEntries(facts),
    ...backupEntries(facts),
    ...alarmEntries(facts),
    ...bucketEntries(facts),
    live,
    ...themes,
  ];
}

function viewEntries({ place, requestViews, callViews, savedViews, analyses }: PaletteFacts): PaletteEntry[] {
  const ready = [
    ...requestViews.map((view) => ({ ...view, route: '/requests', icon: 'requests' as const })),
    ...callViews.map((view) => ({ ...view, route: '/calls', icon: 'calls' as const })),
  ];
  return [
    ...savedViews.map(({ title, href }) =>
      going({ id: `saved:${title}`, kind: 'Saved view', title, icon: 'views', href }),
    ),
    ...ready.map(({ title, filters, route, icon }) =>
      going({ id: `view:${title}`, kind: 'View', title, icon, href: hrefTo(place, route, filters) }),
    ),
    ...analyses.map(({ name, title, feed }) => {
      const route = feed === 'cloudtrail' ? '/calls' : '/requests';
      const href = hrefTo(place, route, { analysis: name });
      return going({ id: `analysis:${name}`, kind: 'Analysis', title, icon: 'activity', href });
    }),
  ];
}

function pairEntries({ place, pairs }: PaletteFacts): PaletteEntry[] {
  return pairs.map(({ id, title }) =>
    going({
      id: `pair:${id}`,
      kind: 'Replication pair',
      title,
      icon: 'replication',
      href: hrefTo(place, '/replication', { pair: id }),
    }),
  );
}

function backupEntries({ place, backups }: PaletteFacts): PaletteEntry[] {
  return backups.map((row) =>
    going({
      id: `backup:${seriesKey(row)}`,
      kind: 'Backup series',
      title: seriesTitle(row),
      icon: 'backups',
      href: seriesHref(place, row),
    }),
  );
}

/** Alarms, those in ALARM first, each of which can be silenced; and a silence of whatever is typed. */
function alarmEntries({ place, alarms }: PaletteFacts): PaletteEntry[] {
  const wrong = inOrder(inState(alarms, 'ALARM'));
  const others = alarms.filter(({ state }) => state !== 'ALARM');
  const shown = [...wrong, ...others].map(({ alarm, title }) =>
    going({
      id: `alarm:${alarm}`,
      kind: 'Alarm',
      title: visibleText(title),
      icon: 'alarms',
      href: alarmHref(place, alarm),
    }),
  );
  const silences = wrong.map(({ alarm, title }) =>
    going({
      id: `silence:${alarm}`,
      kind: 'Action',
      title: `Silence ${visibleText(title)}`,
      icon: 'alarms',
      href: silenceHref(place, alarm),
    }),
  );
  const silence = going({
    id: 'silence',
    kind: 'Action',
    title: 'Silence alarms…',
    icon: 'alarms',
    href: silenceHref(place, null),
  });
  return [...shown, ...silences, silence];
}

function bucketEntries({ place, buckets }: PaletteFacts): PaletteEntry[] {
  const all = going({
    id: 'bucket:',
    kind: 'Bucket',
    title: 'All buckets',
    icon: 'sources',
    href: hrefWith(place, { bucket: null, open: null }),
  });
  const one = buckets.map((bucket) =>
    going({
      id: `bucket:${bucket}`,
      kind: 'Bucket',
      title: visibleText(bucket),
      icon: 'sources',
      href: hrefWith(place, { bucket, open: null }),
    }),
  );
  return [all, ...one];
}

/** What the text itself may be: an id, an address, a part of a key. */
function findEntries(place: Place, text: string): PaletteEntry[] {
  if (text.length < FIND_LENGTH_MIN) return [];
  const find = (title: string, route: string, filters: Readonly<Record<string, string>>) =>
    going({
      id: `find:${route}:${Object.keys(filters).join()}`,
      kind: 'Find',
      title: `${title} ${visibleText(text)}`,
      icon: 'search',
      href: hrefTo(place, route, { ...FIND_RANGE, ...filters }),
    });
  if (/^[0-9A-F]{8}-[0-9A-F-]{27}$/i.test(text)) return [find('Find event id', '/calls', { event_id: text })];
  if (text.startsWith('arn:'))
    return [
      find('Requests by', '/requests', { requester: text }),
      find('Calls by', '/calls', { principal_arn: text }),
    ];
  if (/^[\d.]{7,15}$|^[\da-f:]*:[\da-f:]+$/i.test(text))
    return [
      find('Requests from address', '/requests', { remote_ip: text }),
      find('Calls from address', '/calls', { source_ip_address: text }),
    ];
  return [
    ...(/^[0-9A-Z]{8,64}$/i.test(text) ? [find('Find request id', '/requests', { request_id: text })] : []),
    find('Requests for keys with', '/requests', { key: `*${text}*` }),
  ];
}

/** True for text that only an id or an address looks like: then finding it comes first. */
function isExactId(text: string): boolean {
  return /^[0-9A-Z]{16}$/.test(text) || /^arn:|^[\d.]{7,15}$|^[0-9A-F]{8}-[0-9A-F-]{27}$/i.test(text);
}

/** What fits the words typed, the best first: all of them are in it; what begins with the first, or is of that kind, leads. */
export function paletteEntries(facts: PaletteFacts, typed: string): readonly PaletteEntry[] {
  const text = typed.trim();
  const words = text
    .toLowerCase()
    .replace(/(\d)\s*hours?\b/g, '$1 h')
    .replace(/(\d)\s*days?\b/g, '$1 d')
    .split(/\s+/);
  const fitting = allEntries(facts)
    .map((entry) => ({ entry, title: entry.title.toLowerCase() }))
    .filter(({ entry, title }) =>
      words.every((word) => `${title} ${entry.kind.toLowerCase()}`.includes(word)),
    );
  const [first = ''] = words;
  const leads = ({ title, entry }: (typeof fitting)[number]): boolean =>
    title.startsWith(first) || entry.kind.toLowerCase().split(' ').includes(first);
  const begins = fitting.filter(leads);
  const others = fitting.filter((one) => !leads(one));
  const found = findEntries(facts.place, text);
  const chosen = [...begins, ...others].map(({ entry }) => entry);
  return (
    isExactId(text) ? [...found, ...chosen] : [...chosen.slice(0, ENTRIES_MAX - found.length), ...found]
  ).slice(0, ENTRIES_MAX);
}
