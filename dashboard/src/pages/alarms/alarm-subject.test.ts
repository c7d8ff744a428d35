import { expect, test } from 'vitest';
import { subjectOf } from './alarm-subject.ts';

test.each([
  [
    { monitor: 'replication', pair: 'a/b/all', source: 'a', destination: 'b' },
    '/replication',
    { pair: 'a/b/all' },
  ],
  [
    { monitor: 'backups', bucket: 'vault', series: 'db' },
    '/backups',
    { series_bucket: 'vault', series: 'db' },
  ],
  [{ monitor: 'intake', source: 'logs' }, '/sources', { source: 'logs' }],
  [{ monitor: 'activity', bucket: 'media' }, '/activity', { bucket: 'media' }],
])('subjectOf() of %o is at %s', (labels, path, params) => {
  expect(subjectOf({ labels })).toMatchObject({ path, params });
});

test('subjectOf() is null where the labels name nothing that is shown', () => {
  expect(subjectOf({ labels: { monitor: 'intake' } })).toBeNull();
});
