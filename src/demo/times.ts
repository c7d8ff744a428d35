const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `2025-11-20T13:05:09.123Z` */
export function isoMs(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** `2025-11-20T13:05:09Z` */
export function isoSeconds(timeMs: number): string {
  return `${isoMs(timeMs).slice(0, 19)}Z`;
}

/** The access log's time: `20/Nov/2025:13:05:09 +0000` */
export function logTime(timeMs: number): string {
  const iso = isoMs(timeMs);
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? '';
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** `2025/11/20` */
export function dayPath(timeMs: number): string {
  return isoMs(timeMs).slice(0, 10).replaceAll('-', '/');
}

/** `13` */
export function hourOf(timeMs: number): string {
  return isoMs(timeMs).slice(11, 13);
}

/** `20251120T130509Z` */
export function compactTime(timeMs: number): string {
  return isoSeconds(timeMs).replaceAll(/[-:]/g, '');
}

/** `2025-11-20-13-05-09` */
export function dashedTime(timeMs: number): string {
  return isoMs(timeMs).slice(0, 19).replaceAll(/[T:]/g, '-');
}
