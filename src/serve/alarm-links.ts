/** Links in messages: who has one may do one thing with one alarm, for a time. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { isSameSecret } from '../lib/secret.ts';
import type { Rules } from '../notify/rules.ts';

export const LINK_ACTS = ['open', 'acknowledge', 'silence'] as const;
export type LinkAct = (typeof LINK_ACTS)[number];

export interface AlarmLink {
  readonly act: LinkAct;
  readonly alarm: string;
  /** Exclusive. */
  readonly endMs: number;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
/** 192 bits. */
const MAC_BYTES = 24;
/** Longer addresses break in programs that read mail. */
const ALARM_BYTES_MAX = 1000;
const PATH = /^\/alarm\/(open|acknowledge|silence)\/[\w-]+\.[a-z0-9]+\.[\w-]{32}$/;

/** The links of an alarm, for a week and the rest of the day; empty without an address to begin with. */
export function alarmLinks(parts: {
  readonly home: string;
  readonly key: Uint8Array;
  readonly clock: Clock;
}): Rules['linksOf'] {
  const { home, key, clock } = parts;
  return (alarm) => {
    if (home === '' || Buffer.byteLength(alarm) > ALARM_BYTES_MAX)
      return { open: home, acknowledge: '', silence: '' };
    const endMs = (Math.ceil(clock.nowMs() / DAY_MS) + DAYS) * DAY_MS;
    const link = (act: LinkAct): string => `${home}alarm/${act}/${alarmToken({ act, alarm, endMs }, key)}`;
    return { open: link('open'), acknowledge: link('acknowledge'), silence: link('silence') };
  };
}

/** Says alarm and end, and proves that we have said so for this act. */
export function alarmToken(link: AlarmLink, key: Uint8Array): string {
  const alarm = Buffer.from(link.alarm).toString('base64url');
  const mac = createHmac('sha256', key)
    .update(JSON.stringify(['alarm', link.act, link.alarm, link.endMs]))
    .digest();
  return `${alarm}.${link.endMs.toString(36)}.${mac.subarray(0, MAC_BYTES).toString('base64url')}`;
}

/** What a token is for; nothing when it is not ours, of another act, or over. */
export function linkOf(
  given: { readonly act: LinkAct; readonly token: string },
  { key, nowMs }: { readonly key: Uint8Array; readonly nowMs: number },
): AlarmLink | undefined {
  const { act, token } = given;
  const [alarm = '', end = ''] = token.split('.');
  const link = {
    act,
    alarm: Buffer.from(alarm, 'base64url').toString('utf8'),
    endMs: Number.parseInt(end, 36),
  };
  return isSameSecret(token, alarmToken(link, key)) && nowMs < link.endMs ? link : undefined;
}

/** Whether a request is for such a link: its token lets it in to that. */
export function isForAlarmLink({ method, url }: Request): boolean {
  return (method === 'GET' || method === 'POST') && PATH.test(new URL(url).pathname);
}
