/** Hexadecimal digits of a sequencer made comparable: more than any that S3 sends. */
const DIGITS = 64;

/**
 * Which of two events of the same key is the later: above 0 when `a` is, below 0 when `b` is, 0 when neither.
 * Sequencers are hexadecimal text; the shorter counts as if it ended in zeros. They say nothing across keys.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @example
 * compareSequencers('0055AED6DCD90281E5', '0055AED6DCD90281E500A1'); // -1
 */
export function compareSequencers(a: string, b: string): -1 | 0 | 1 {
  const length = Math.max(a.length, b.length);
  const [left, right] = [a, b].map((text) => text.toUpperCase().padEnd(length, '0')) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sequencer as text that sorts as it compares: upper case, 64 digits or more; empty stays empty. */
export function padSequencer(sequencer: string): string {
  return sequencer === '' ? '' : sequencer.toUpperCase().padEnd(DIGITS, '0');
}
