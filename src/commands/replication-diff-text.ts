/** A drift audit for people: a line while it runs, tables when it has ended. */
import type { Difference, DriftAuditResult, Progress } from '../drift-audit.ts';
import { systemClock } from '../lib/clock.ts';
import { bytesText, countText, tableText, visible } from './output.ts';

const PROGRESS_MS = 250;
const PLAIN_PROGRESS_MS = 10_000;
const KEY_WIDTH = 40;

/** A line that is rewritten on a terminal, a line now and then elsewhere. */
export function showDiffProgress(): { show(progress: Progress): void; end(): void } {
  const isTerminal = process.stderr.isTTY;
  let shownMs = systemClock.nowMs();
  return {
    show: (progress) => {
      const nowMs = systemClock.nowMs();
      if (nowMs - shownMs < (isTerminal ? PROGRESS_MS : PLAIN_PROGRESS_MS)) return;
      shownMs = nowMs;
      process.stderr.write(isTerminal ? `\r\x1b[K${progressText(progress)}` : `${progressText(progress)}\n`);
    },
    end: () => {
      if (isTerminal) process.stderr.write('\r\x1b[K');
    },
  };
}

function progressText({ answers, requests, lastKey }: Progress): string {
  const keys = Object.values(answers).reduce((sum, { objects }) => sum + objects, 0);
  const key = visible(lastKey);
  const at = key.length <= KEY_WIDTH ? key : `${key.slice(0, KEY_WIDTH - 1)}…`;
  return `${countText(keys)} keys, ${countText(keys - answers.same.objects)} differ, ${countText(requests)} requests, at ${at}`;
}

/** The counts by answer, the first differences, and the sentence that sums them up. */
export function diffText(result: DriftAuditResult): string {
  const { audit, first, sentence } = result;
  const counts = audit.answers
    .filter(({ answer, objects }) => objects > 0 || answer === 'same')
    .map(({ answer, objects, bytes }) => ({ answer, keys: objects, size: bytesText(bytes) }));
  const told = audit.answers.reduce(
    (sum, { answer, objects }) =>
      answer === 'same' || (answer === 'extra' && audit.ignoresExtra) ? sum : sum + objects,
    0,
  );
  const lines = [
    `${visible(audit.source)}: ${countText(audit.sourceObjects)} keys`,
    `${visible(audit.destination)}: ${countText(audit.destinationObjects)} keys`,
    '',
    tableText(counts, ['answer', 'keys', 'size']),
    '',
  ];
  if (first.length > 0) {
    lines.push(tableText(first.map(rowOf), ['answer', 'key', 'source', 'destination', 'reason'], KEY_WIDTH));
    if (told > first.length)
      lines.push(`and ${countText(told - first.length)} more: --output or --json has them all`);
    lines.push('');
  }
  lines.push(`${sentence} ${countText(audit.requests)} requests were sent.`);
  if (audit.ending !== 'complete') lines.push('The same command with --resume goes on from here.');
  return lines.join('\n');
}

function rowOf(difference: Difference): Record<string, unknown> {
  const sideOf = (size: number | null, modified: string | null): string =>
    size === null ? '' : `${bytesText(size)}${modified === null ? '' : `, ${modified.slice(0, 19)}Z`}`;
  return {
    answer: difference.answer,
    key: difference.key,
    source: sideOf(difference.source_size, difference.source_modified),
    destination: sideOf(difference.destination_size, difference.destination_modified),
    reason: difference.reason,
  };
}
