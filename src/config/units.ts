/** Durations and sizes as people write them. */
import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const UNIT_BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

/** `90s`, `5m`, `24h`, `14d` as milliseconds; nothing when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** `512MiB`, `10GiB` as bytes; nothing when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)$/.exec(text.trim());
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * UNIT_BYTES[match[2] as keyof typeof UNIT_BYTES]);
}

/** For `transform`: the milliseconds of a duration, or an issue. */
export function durationMs(text: string, context: z.RefinementCtx): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.issues.push({
    code: 'custom',
    message: `is not a duration such as 30s, 5m, 24h or 14d`,
    input: text,
  });
  return z.NEVER;
}

/** A duration of the configuration with its default, in milliseconds. */
export const duration = (fallback: string, what: string) =>
  z.string().default(fallback).transform(durationMs).describe(`${what} A duration: 30s, 5m, 24h, 14d.`);

/** One without a default. */
export const durationIfAny = (what: string) =>
  z.string().transform(durationMs).optional().describe(`${what} A duration: 30s, 5m, 24h, 14d.`);

function sizeBytes(text: string, context: z.RefinementCtx): number {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.issues.push({ code: 'custom', message: `is not a size such as 512MiB or 10GiB`, input: text });
  return z.NEVER;
}

/** A size of the configuration with its default, in bytes. */
export const size = (fallbackBytes: number, what: string) =>
  z
    .string()
    .default(`${fallbackBytes}B`)
    .transform(sizeBytes)
    .describe(`${what} A size: 512KiB, 64MiB, 10GiB.`);

/** One without a default. */
export const sizeIfAny = (what: string) =>
  z.string().transform(sizeBytes).optional().describe(`${what} A size: 512KiB, 64MiB, 10GiB.`);

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const timezoneName = z.string().refine(isTimezone, 'is not a time zone such as UTC or Europe/Lisbon');

/** A time zone by its name. */
export const timezone = timezoneName.default('UTC').describe('A time zone: UTC, Europe/Lisbon.');

/** One without a default. */
export const timezoneIfAny = timezoneName.optional();
