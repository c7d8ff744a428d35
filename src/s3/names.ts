/** Which buckets of a store are watched. */

/** Whether a name is watched by patterns: `*` and `?` stand for characters, a leading `!` leaves out. */
export function isWatched(name: string, patterns: readonly string[]): boolean {
  const left = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const taken = patterns.filter((pattern) => !pattern.startsWith('!'));
  const matches = (pattern: string): boolean => expressionOf(pattern).test(name);
  return (taken.length === 0 || taken.some(matches)) && !left.some(matches);
}

/** Names among the patterns: those that stand for one bucket. */
export function namesIn(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => !/^!|[*?]/.test(pattern));
}

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
