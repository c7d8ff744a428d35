/** Wires the looks at stores that confirm replication. */
import { join } from 'node:path';
import type { Config } from './config/schema.ts';
import type { Engine } from './engine/engine.ts';
import type { Clock } from './lib/clock.ts';
import { PRICES } from './monitors/activity/prices.ts';
import { openConfirm } from './monitors/replication/confirm.ts';
import type { Estate } from './s3/estate.ts';
import type { Source } from './sources/source.ts';

const LIST_USD_PER_1000 = PRICES.classes.find(({ name }) => name === 'list')?.per1000 ?? 0;

/** The source `replication-check`; none when no store of the estate may be asked. */
export function openReplicationCheck(
  config: Config,
  parts: { readonly engine: Engine; readonly estate: Estate; readonly clock: Clock },
): Source[] {
  const {
    requests_per_hour: requestsPerHour,
    after: afterMs,
    listing: listingMs,
  } = config.replication.confirm;
  if (parts.estate.stores.length === 0 || requestsPerHour === 0) return [];
  return [
    openConfirm(
      {
        name: 'replication-check',
        requestsPerHour,
        afterMs,
        listingMs,
        folder: join(config.data, 'cursors'),
        usdPer1000: { HEAD: PRICES.otherPer1000, LIST: LIST_USD_PER_1000 },
      },
      parts,
    ),
  ];
}
