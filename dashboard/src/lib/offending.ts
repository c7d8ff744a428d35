/** A stretch of a text, in UTF-16 units; empty where something should begin but does not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const THIRD_FIELD = /^\S+ \S+ (\[[^\]]*\]?|\S*)/;

/** Where a rejected record begins to be what its reason says, or null where the reason speaks of the whole of it. */
export function offendingSpan(reason: string, line: string): Span | null {
  const end = line.length;
  if (reason.startsWith('fewer than')) return { start: end, end };
  if (reason.includes('third field')) return thirdField(line);
  if (reason.includes('request URI')) return fromQuote(line, 0);
  if (reason.includes('user agent')) return fromQuote(line, 4);
  if (reason.includes('JSON object') || reason.includes('valid JSON')) return jsonFault(line);
  return null;
}

function thirdField(line: string): Span | null {
  const match = THIRD_FIELD.exec(line);
  if (match === null) return null;
  const field = match[1] ?? '';
  return { start: match[0].length - field.length, end: match[0].length };
}

/** From the nth quote on, or the end of a line that has fewer. */
function fromQuote(line: string, nth: number): Span {
  let start = -1;
  for (let count = 0; count <= nth; count += 1) {
    start = line.indexOf('"', start + 1);
    if (start === -1) return { start: line.length, end: line.length };
  }
  return { start, end: line.length };
}

/** From where the engine of the browser gives up on it; from the start where it does not say. */
function jsonFault(line: string): Span | null {
  try {
    JSON.parse(line);
    return null;
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const start = Math.min(line.length, position === undefined ? 0 : Number(position));
    return { start, end: position === undefined ? line.length : Math.min(line.length, start + 1) };
  }
}
