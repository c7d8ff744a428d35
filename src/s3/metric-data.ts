/** What we need of CloudWatch to publish: to put values of metrics into a namespace. */
import type { Fault } from '../lib/fault.ts';

/** The value of one metric in one period. */
export interface Datum {
  readonly name: string;
  /** Names and values: ASCII, none twice. */
  readonly dimensions: readonly (readonly [name: string, value: string])[];
  /** Start of the period, milliseconds since 1970 UTC. */
  readonly timeMs: number;
  readonly value: number;
  /** In CloudWatch's words; absent: none. */
  readonly unit?: string;
}

/** `refused`: nothing of it was taken, it may be put again. `unknown`: it may have been taken, and putting it again may count it twice. */
export type PutOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault };

export interface MetricSink {
  /** One request, sent once: it is not repeated. */
  put(namespace: string, data: readonly Datum[]): Promise<PutOutcome>;
  close(): void;
}

/**
 * Limits of one request. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
const DATA_MAX = 1000;
const BYTES_MAX = 1_000_000;
/** Names of members around each text: `MetricData.member.1000.Dimensions.member.30.Value=`. */
const MEMBER_BYTES = 60;
/** Time, value, and what is around them. */
const DATUM_BYTES = 300;

/** The data as requests of the size that CloudWatch takes, in their order. */
export function requestsOf<Kind extends Datum>(data: readonly Kind[]): Kind[][] {
  const requests: Kind[][] = [];
  let bytes = 0;
  for (const datum of data) {
    const request = requests.at(-1);
    const size = sizeBytes(datum);
    if (request !== undefined && request.length < DATA_MAX && bytes + size <= BYTES_MAX) {
      request.push(datum);
      bytes += size;
    } else {
      requests.push([datum]);
      bytes = size;
    }
  }
  return requests;
}

/** At most, whatever the protocol makes of it. */
function sizeBytes({ name, dimensions, unit = '' }: Datum): number {
  const texts = [name, unit, ...dimensions.flat()];
  return texts.reduce((sum, text) => sum + encodeURIComponent(text).length + MEMBER_BYTES, DATUM_BYTES);
}

/**
 * Characters of a name or value. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
const CHARACTERS_MAX = 1024;

/**
 * A text as the value of a dimension, which has to be printable ASCII: what is not is percent-encoded, what is too long is
 * cut in front of a digest of the whole. Nothing for a text of blanks, which no dimension can have.
 *
 * @example
 * dimensionValue('büro'); // 'b%C3%BCro'
 */
export function dimensionValue(text: string, digest: (whole: string) => string): string | undefined {
  const ascii = text.toWellFormed().replace(/[^\u0020-\u007e]/gu, encodeURIComponent);
  if (ascii.trim() === '') return undefined;
  if (ascii.length <= CHARACTERS_MAX) return ascii;
  const end = `~${digest(text)}`;
  return ascii.slice(0, CHARACTERS_MAX - end.length) + end;
}
