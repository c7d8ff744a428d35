import { describe, expect, test } from 'vitest';
import { offendingSpan } from './offending.ts';

/** The marked part between arrows. */
function marked(reason: string, line: string): string | null {
  const span = offendingSpan(reason, line);
  if (span === null) return null;
  return `${line.slice(0, span.start)}→${line.slice(span.start, span.end)}←${line.slice(span.end)}`;
}

describe('offendingSpan()', () => {
  test.each([
    ['fewer than 18 fields: 4', 'owner bucket [time] 192.0.2.1', 'owner bucket [time] 192.0.2.1→←'],
    ['no [time +0000] in the third field', 'owner bucket [06/Feb 2019] x', 'owner bucket →[06/Feb 2019]← x'],
    ['no [time +0000] in the third field', 'owner bucket [06/Feb', 'owner bucket →[06/Feb←'],
    [
      'no end of the request URI with status',
      'o b [t] ip - id OP key "GET /x',
      'o b [t] ip - id OP key →"GET /x←',
    ],
    ['no end of the user agent with', '"GET /" 200 "ref" "agent', '"GET /" 200 "ref" →"agent←'],
    ['no end of the user agent with', '"GET /" 200', '"GET /" 200→←'],
    ['not valid JSON', '{"a":1,}', '{"a":1,→}←'],
    ['not a JSON object', '', '→←'],
  ])('%s: %s', (reason, line, expected) => {
    expect(marked(reason, line)).toBe(expected);
  });

  test('a reason about the whole record marks nothing', () => {
    expect(marked('no eventName', '{"eventID":"1"}')).toBeNull();
  });
});
