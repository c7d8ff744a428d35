import { hrefTo, type Place } from '../../routes/place.ts';

export const SECTIONS = [
  { id: 'now', title: 'Now' },
  { id: 'history', title: 'History' },
  { id: 'silences', title: 'Silences' },
  { id: 'deliveries', title: 'Deliveries' },
  { id: 'definitions', title: 'Definitions' },
] as const;
type SectionId = (typeof SECTIONS)[number]['id'];

/** The part of the page that the address asks for. */
export function sectionInAddress({ params }: Place): SectionId {
  return SECTIONS.find(({ id }) => id === params.get('part'))?.id ?? 'now';
}

/** The alarm whose panel is open, by its id. */
export function alarmInAddress({ params }: Place): string | null {
  return params.get('alarm');
}

/** Where an alarm is shown. */
export function alarmHref(place: Place, alarm: string): string {
  return hrefTo(place, '/alarms', { alarm });
}

/** Where a silence is made; with its labels filled in when an alarm is named. */
export function silenceHref(place: Place, alarm: string | null): string {
  return hrefTo(place, '/alarms', { part: 'silences', silence: alarm ?? 'new' });
}
