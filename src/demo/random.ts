/** A stream of numbers, 0 <= x < 1, that depends on its seed alone. */
export type Random = () => number;

/** A list that has a first element, so that a choice from it always is one. */
export type NonEmpty<T> = readonly [T, ...T[]];

/**
 * The random stream of a seed (any integer; 32 bits count).
 * Source: mulberry32 by Tommy Ettinger, public domain.
 */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seed, 0 to 2^32 - 1, out of several numbers: other numbers or another order give another seed. */
export function mixSeeds(...parts: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part | 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ Math.floor(part / 4294967296), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A seed out of a text (FNV-1a), 0 to 2^32 - 1. */
export function seedOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixSeeds(hash);
}

/** One of the list, each as likely. */
export function pick<T>(random: Random, list: NonEmpty<T>): T {
  return list[Math.floor(random() * list.length)] ?? list[0];
}

/** An integer, `low` <= x < `high`. */
export function integer(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low));
}

/** A number around `median`, never negative; `spread` is the standard deviation of its logarithm. */
export function logNormal(random: Random, median: number, spread: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * random()));
}

/** How often something happens that happens `mean` times on average; `mean` up to 700. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

const HEX_UPPER = '0123456789ABCDEF';
const HEX_LOWER = '0123456789abcdef';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Upper-case hexadecimal digits. */
export function hexUpper(random: Random, length: number): string {
  return letters(random, HEX_UPPER, length);
}

/** Lower-case hexadecimal digits. */
export function hexLower(random: Random, length: number): string {
  return letters(random, HEX_LOWER, length);
}

/** Letters and digits. */
export function alphanumeric(random: Random, length: number): string {
  return letters(random, ALPHANUMERIC, length);
}

/** A version 4 UUID. */
export function uuid(random: Random): string {
  const hex = hexLower(random, 30);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18)}`;
}

function letters(random: Random, alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet.charAt(Math.floor(random() * alphabet.length));
  return text;
}
