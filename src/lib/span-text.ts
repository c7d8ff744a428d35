const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** A length of time for people, in one unit: `45 s`, `12 min`, `3.5 h`, `2 d`. */
export function spanText(seconds: number): string {
  const unit = UNITS.find(([, lengthS]) => seconds >= lengthS);
  if (unit === undefined) return `${Math.round(seconds)} s`;
  return `${Math.round((seconds / unit[1]) * 10) / 10} ${unit[0]}`;
}
