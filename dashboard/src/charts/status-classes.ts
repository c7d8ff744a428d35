/** The status classes in the order they are stacked, what matters most at the base. Colours are fixed. */
export const STATUS_CLASSES = [
  { id: '5xx', label: '5xx server errors', color: 'var(--status-5xx)' },
  { id: '4xx', label: '4xx client errors', color: 'var(--status-4xx)' },
  { id: '3xx', label: '3xx not modified, redirects', color: 'var(--status-3xx)' },
  { id: '2xx', label: '2xx succeeded', color: 'var(--status-2xx)' },
  {
    id: 'other',
    label: 'Without a status: lifecycle and other actions of S3 itself',
    color: 'var(--status-other)',
  },
] as const;

export type StatusClass = (typeof STATUS_CLASSES)[number];
export type StatusClassId = StatusClass['id'];

/** The class of one status code. */
export function statusClassOf(httpStatus: number): StatusClassId {
  if (httpStatus >= 500) return '5xx';
  if (httpStatus >= 400) return '4xx';
  if (httpStatus >= 300) return '3xx';
  return httpStatus >= 100 ? '2xx' : 'other';
}
