import { expect, test } from 'vitest';
import type { Alarm } from '../lib/alarm-row.ts';
import { paletteEntries, type PaletteFacts } from './palette-entries.ts';

const ALARM: Alarm = {
  alarm: 'rejects{source="logs"}',
  definition: 'rejects',
  kind: 'metric',
  title: 'Lines of logs cannot be read',
  severity: 'warning',
  labels: { source: 'logs' },
  state: 'ALARM',
  since: '2026-11-21T11:00:00Z',
  sentence: '',
  numbers: {},
  evidence: [],
  first_step: '',
  as_of: '2026-11-21T12:00:00Z',
  evaluated_at: '2026-11-21T12:00:00Z',
  acknowledged: null,
  silences: [],
};

const FACTS: PaletteFacts = {
  place: { path: '/activity', params: new URLSearchParams('bucket=media&range=7d') },
  isLive: true,
  pages: [
    { path: '/', title: 'Overview', icon: 'overview' },
    { path: '/requests', title: 'Requests', icon: 'requests' },
  ],
  buckets: ['media', 'billing\u202e'],
  alarms: [ALARM, { ...ALARM, alarm: 'pair', state: 'OK', title: 'Pair media to media-replica is behind' }],
  backups: [{ bucket: 'vault', series: 'db/orders' }],
  pairs: [{ id: 'media/media-replica/all', title: 'media → media-replica' }],
  requestViews: [{ title: 'Anonymous requests', filters: { requester: '-' } }],
  callViews: [{ title: 'Denied calls', filters: { error_code: 'AccessDenied' } }],
  savedViews: [{ title: 'My view', href: '/requests?key=a' }],
  analyses: [{ name: 'overwrites', title: 'Overwritten keys', feed: 'cloudtrail' }],
};

function firstOf(typed: string) {
  const entry = paletteEntries(FACTS, typed)[0];
  if (entry === undefined) return undefined;
  return entry.does.kind === 'go' ? entry.does.href : entry.does.theme;
}

test.each([
  ['over', '/?bucket=media&range=7d'],
  ['last 24 hours', '/activity?bucket=media&range=24h'],
  ['7 days', '/activity?bucket=media&range=7d'],
  ['anonymous', '/requests?bucket=media&range=7d&requester=-'],
  ['denied', '/calls?bucket=media&range=7d&error_code=AccessDenied'],
  ['my view', '/requests?key=a'],
  ['overwritten', '/calls?bucket=media&range=7d&analysis=overwrites'],
  ['billing', '/activity?bucket=billing%E2%80%AE&range=7d'],
  ['orders', '/backups?bucket=media&range=7d&series_bucket=vault&series=db%2Forders'],
  ['media-replica', '/replication?bucket=media&range=7d&pair=media%2Fmedia-replica%2Fall'],
  ['pair media-', '/replication?bucket=media&range=7d&pair=media%2Fmedia-replica%2Fall'],
  ['lines of logs', '/alarms?bucket=media&range=7d&alarm=rejects%7Bsource%3D%22logs%22%7D'],
  ['silence lines', '/alarms?bucket=media&range=7d&part=silences&silence=rejects%7Bsource%3D%22logs%22%7D'],
  ['silence alarms', '/alarms?bucket=media&range=7d&part=silences&silence=new'],
  ['still', '/activity?bucket=media&range=7d&live=off'],
  ['dark', 'dark'],
  ['3E57427F3EXAMPLE', '/requests?range=90d&request_id=3E57427F3EXAMPLE'],
  ['192.0.2.7', '/requests?range=90d&remote_ip=192.0.2.7'],
  ['2001:db8::1', '/requests?range=90d&remote_ip=2001%3Adb8%3A%3A1'],
  ['0b5e6f1e-7f3a-4f0e-9a3c-1f2e3d4c5b6a', '/calls?range=90d&event_id=0b5e6f1e-7f3a-4f0e-9a3c-1f2e3d4c5b6a'],
])('paletteEntries() answers %j', (typed, expected) => {
  expect(firstOf(typed)).toBe(expected);
});

test('paletteEntries() offers to look for any text among the keys, last', () => {
  const last = paletteEntries(FACTS, 'quarterly report').at(-1);
  expect(last?.does).toMatchObject({ href: '/requests?range=90d&key=*quarterly+report*' });
});

test('paletteEntries() spells out what is invisible in the names of buckets', () => {
  expect(paletteEntries(FACTS, 'billing')[0]?.title).toBe('billing\\u202e');
});
