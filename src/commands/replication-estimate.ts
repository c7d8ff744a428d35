/** What an audit will cost, as far as anything is known before. */
import { createInterface } from 'node:readline/promises';
import { listPriceUsd, type Place } from '../drift-audit.ts';
import type { Audits } from '../serve/replication-audit-api.ts';
import type { ApiClient } from './context.ts';
import { countText } from './output.ts';

const KEYS_A_PAGE = 1000;
const ASK_ABOVE_REQUESTS = 10_000;

/** Keys of a place as an earlier audit counted them; nothing when none has. */
export async function knownObjects(place: Place, client: ApiClient): Promise<number | undefined> {
  if (place.kind === 'file' || place.kind === 'inventory') return 0;
  const { rows } = await client.get<Audits>('/replication/audits', { location: place.name, limit: '1000' });
  const last = rows.find(({ ending }) => ending === 'complete');
  if (last === undefined) return undefined;
  return last.source === place.name ? last.source_objects : last.destination_objects;
}

/** LIST requests for all places together; nothing when the size of one is unknown. */
export function estimatedRequests(
  places: readonly { readonly place: Place; readonly objects: number | undefined }[],
): number | undefined {
  let sum = 0;
  for (const { place, objects } of places) {
    if (place.kind === 'file' || place.kind === 'inventory') continue;
    if (objects === undefined) return undefined;
    sum += Math.max(1, Math.ceil(objects / KEYS_A_PAGE));
  }
  return sum;
}

/** The estimate in a sentence, for standard error. */
export function estimateText(requests: number | undefined, requestsMax: number): string {
  const most = requestsMax === Infinity ? '' : `; at most ${countText(requestsMax)} now (--max-requests)`;
  if (requests === undefined)
    return `LIST requests: one for every 1,000 keys of each bucket; how many keys is unknown${most}.`;
  return `LIST requests: about ${countText(requests)}, ${usdText(listPriceUsd(requests))} at AWS's list price, by the last audit${most}.`;
}

export function usdText(usd: number): string {
  return usd < 0.01 ? 'less than 0.01 USD' : `${usd.toFixed(2)} USD`;
}

/** Whether somebody has to say yes first. */
export function needsConsent(
  requests: number | undefined,
  given: { readonly isInteractive: boolean; readonly yes: boolean },
): boolean {
  return given.isInteractive && !given.yes && (requests ?? 0) > ASK_ABOVE_REQUESTS;
}

/** Asks on the terminal. */
export async function consents(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Go on? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
