/** The settings of the program's own health. */
import { z } from 'zod';
import { duration } from './units.ts';

const ping = z.strictObject({
  url: z
    .url()
    .describe('Asked while all is well; with a token in it ${ENV} or file: only. Never shown or logged.'),
  fail_url: z
    .url()
    .optional()
    .describe('Asked instead while not all is well, e.g. ${PING_URL}/fail; absent: nothing is asked then.'),
  method: z.enum(['GET', 'POST']).default('GET').describe('How both are asked.'),
  every: duration('1m', 'How often.').refine((ms) => ms >= 10_000, 'is shorter than 10s'),
  timeout: duration('10s', 'How long the other side may take.').refine(
    (ms) => ms >= 100 && ms <= 60_000,
    'is not between 100ms and 60s',
  ),
});

export const health = z.strictObject({
  ping: ping
    .optional()
    .describe("A dead man's switch: a service that raises the alarm when nothing asks any more."),
});

/** Whether whoever reads a URL could use it: it has a password, or a part that is long and no word. */
export function isTokenUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, pathname, search } = new URL(text);
  const parts = `${pathname}${search}`.split(/[/?&=.]/);
  return username !== '' || password !== '' || parts.some((part) => part.length >= 16 && /\d/.test(part));
}
