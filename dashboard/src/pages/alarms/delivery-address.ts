import { hrefTo, type Place } from '../../routes/place.ts';

/** What can be chosen of the log, and what the API is asked for it. */
export const OUTCOMES = [
  { id: null, title: 'All sent', asked: '!settled' },
  { id: 'delivered', title: 'Delivered', asked: 'delivered' },
  { id: 'failed', title: 'Failed', asked: 'failed' },
  { id: 'refused', title: 'Given up', asked: 'refused' },
  { id: 'settled', title: 'Not sent', asked: 'settled' },
] as const;

export function outcomeInAddress({ params }: Place): (typeof OUTCOMES)[number] {
  return OUTCOMES.find(({ id }) => id !== null && id === params.get('outcome')) ?? OUTCOMES[0];
}

/** The message whose panel is open, by its number. */
export function deliveryInAddress({ params }: Place): string | null {
  return params.get('open');
}

/** What was told of an alarm. */
export function deliveriesHref(place: Place, alarm: string): string {
  return hrefTo(place, '/alarms', { part: 'deliveries', of: alarm });
}
