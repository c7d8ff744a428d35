const PATHS = {
  overview: 'M3 13h5V3H3zM10 17h7V9h-7zM3 17h5v-2H3zM10 7h7V3h-7z',
  replication: 'M3 3.5h6v6H3zM11 10.5h6v6h-6zM11.5 5.5H14v2.5M8.5 14.5H6V12',
  backups: 'M3 4h14v4H3zM4.5 8v8.5h11V8M8 11.5h4',
  activity: 'M2 11h4l2.5-7 4 13 2.5-6H18',
  alarms: 'M5.5 14V9a4.5 4.5 0 0 1 9 0v5l1.5 1.5H4zM8.3 17.5h3.4M10 2.5v2',
  requests: 'M3 5h14M3 10h14M3 15h9',
  calls: 'M10 10.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM3.5 17c.7-3 3.3-4.3 6.5-4.3s5.8 1.3 6.5 4.3',
  sources:
    'M10 3c4 0 6.5 1.1 6.5 2.5S14 8 10 8 3.5 6.9 3.5 5.5 6 3 10 3zM3.5 5.5v9C3.5 15.9 6 17 10 17s6.5-1.1 6.5-2.5v-9M3.5 10c0 1.4 2.5 2.5 6.5 2.5s6.5-1.1 6.5-2.5',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  check: 'M4 10.5l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  refresh: 'M16 5v4h-4M16 9a6.5 6.5 0 1 0 .5 3',
  system: 'M3 4h14v9H3zM7 17h6',
  light:
    'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  dark: 'M16 12A6.8 6.8 0 0 1 8 4a6.8 6.8 0 1 0 8 8z',
  ok: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM6.5 10.2l2.5 2.5 4.5-5',
  late: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 6v4.3l2.8 1.7',
  alarm: 'M10 3l7.5 13.5h-15zM10 8v4M10 14v.3',
  unknown:
    'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM8 8a2 2 0 1 1 2.8 1.9c-.6.3-.8.6-.8 1.3M10 13.7v.3',
  info: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 9.3V14M10 6.5v.2',
  filter: 'M3 4.5h14l-5.5 6.5v5l-3-1.5V11z',
  plus: 'M10 4v12M4 10h12',
  exclude: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM4.8 4.8l10.4 10.4',
  search: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13 13l4 4',
  columns: 'M3 4h14v12H3zM8 4v12M12.5 4v12',
  views: 'M5.5 3h9v14L10 13.5 5.5 17z',
  facets: 'M3 5h7M3 10h10M3 15h4M13 5h4M16 10h1M10 15h7',
  download: 'M10 3v9M6.5 8.8L10 12.3l3.5-3.5M4 16.5h12',
  calendar: 'M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5',
  previous: 'M5 12.5l5-5 5 5',
  next: 'M5 7.5l5 5 5-5',
} as const;

export type IconName = keyof typeof PATHS;

/** A 20 px line drawing in the colour of the text around it; always beside a word or a label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
