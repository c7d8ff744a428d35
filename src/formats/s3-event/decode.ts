import { openMessage } from './envelope.ts';
import type { Outcome } from './object-event.ts';

/** What is kept of a record that is not understood. */
const REJECT_CHARACTERS_MAX = 65_536;

/**
 * Turns messages into one JSON record a line: an event with the columns of `object_events`,
 * `{"skipped": what}` for what is S3's but no event, or `{"reject_reason", "raw"}`. Never throws, never loses a message.
 *
 * @param bytes One JSON document, a JSON array of them, or JSON lines.
 * @param namespace Of the store that sent them: its buckets become `<namespace>:<bucket>`.
 * @example
 * decodeEvents(Buffer.from('{"Service":"Amazon S3","Event":"s3:TestEvent"}')); // {"skipped":"TestEvent"}
 */
export function decodeEvents(bytes: Buffer, namespace?: string): Buffer {
  const outcomes = readMessages(bytes.toString('utf8')).map((outcome) => inNamespace(outcome, namespace));
  return Buffer.from(outcomes.map((outcome) => `${lineOf(outcome)}\n`).join(''));
}

/** A destination that a store names is one of its own, too. */
function inNamespace(outcome: Outcome, namespace: string | undefined): Outcome {
  if (namespace === undefined || outcome.kind !== 'event') return outcome;
  const idOf = (bucket: string): string => (bucket === '' ? '' : `${namespace}:${bucket}`);
  const { bucket, replication_destination_bucket: destination } = outcome.event;
  const event = {
    ...outcome.event,
    bucket: idOf(bucket),
    replication_destination_bucket: idOf(destination),
  };
  return { kind: 'event', event };
}

/** What is in one JSON document, a JSON array of them, or JSON lines; nothing for blank text. Never throws. */
export function readMessages(text: string): Outcome[] {
  if (text.trim() === '') return [];
  const whole = parseJson(text);
  if (whole !== undefined) return outcomesOf(whole);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const message = parseJson(line);
      return message === undefined
        ? [{ kind: 'reject' as const, reason: 'not valid JSON', raw: line }]
        : outcomesOf(message);
    });
}

function outcomesOf(message: unknown): Outcome[] {
  if (!Array.isArray(message)) return openMessage(message);
  return message.length === 0
    ? [{ kind: 'skipped', what: 'empty list' }]
    : message.flatMap((element: unknown) => openMessage(element));
}

/** JSON has no undefined: it stands for text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lineOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'event':
      return jsonLine(outcome.event);
    case 'skipped':
      return jsonLine({ skipped: outcome.what });
    case 'delivery':
      return jsonLine({ skipped: 'delivery of CloudTrail' });
    case 'reject':
      return jsonLine({ reject_reason: outcome.reason, raw: outcome.raw.slice(0, REJECT_CHARACTERS_MAX) });
  }
}

/** The engine's JSON parser refuses halves of surrogate pairs. */
function jsonLine(row: object): string {
  return JSON.stringify(row, (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
}
