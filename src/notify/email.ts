/** E-mail: what is sent, in HTML and text; carrying it is the transport's. */
import { createHash } from 'node:crypto';
import type { Channel, Delivery, Notification } from './channel.ts';
import { htmlOf } from './email-html.ts';
import { markedUp, PLAIN } from './markup.ts';
import { fitted, headlineOf } from './message.ts';
import { bytesOf, shown } from './text.ts';

export interface EmailSettings {
  readonly kind: 'email';
  readonly name: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly to: readonly string[];
}

/** One mail; the names are those of nodemailer's `sendMail`. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** In angle brackets, as all of them. */
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
}

/** What carries mails: a connection to an SMTP server. */
export interface MailTransport {
  /**
   * Resolves once the server has taken it for all receivers. Rejects with an `Error` that may have `code` (`EAUTH`,
   * `EENVELOPE`, `ECONNECTION`) and `responseCode`, the number of the server's answer. Ends at once when the signal aborts, and
   * by itself when the server is silent.
   */
  sendMail(mail: Mail, signal: AbortSignal): Promise<{ readonly messageId: string }>;
}

export interface EmailParts {
  readonly transport: MailTransport;
}

const SUBJECT_MAX = 180;
const BYTES_MAX = 100_000;
/** Threads that one mail belongs to. */
const ROOTS_MAX = 5;

export function openEmail(settings: EmailSettings, { transport }: EmailParts): Channel {
  return {
    name: settings.name,
    kind: 'email',
    send: async (notification, signal) => {
      signal.throwIfAborted();
      try {
        const sent = await transport.sendMail(mailOf(notification, settings), signal);
        return { kind: 'delivered', id: sent.messageId };
      } catch (error) {
        signal.throwIfAborted();
        return failureOf(error);
      }
    },
  };
}

/** The mail of a notification. All about one alarm are one thread: they name the same root, which is nobody's mail. */
export function mailOf(notification: Notification, { from, to }: Pick<EmailSettings, 'from' | 'to'>): Mail {
  const { alarms, id } = notification;
  const host = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'bucketwatch.invalid';
  const [first] = alarms;
  const roots = alarms.slice(0, ROOTS_MAX).map((alarm) => `<${digest(alarm.id)}.alarm@${host}>`);
  const limit = { sizeMax: BYTES_MAX, sizeOf: bytesOf };
  return {
    from,
    to,
    subject: headlineOf(notification, SUBJECT_MAX),
    text: `${fitted(notification, limit, (message) => markedUp(message, PLAIN))}\n`,
    html: fitted(notification, limit, htmlOf),
    messageId: `<${id}@${host}>`,
    inReplyTo: roots[0] ?? '',
    references: roots.join(' '),
    date: new Date(notification.createdMs),
    headers: {
      // RFC 3834: nobody's absence answers it.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Bucketwatch-Notification': id,
      ...(first === undefined
        ? {}
        : { 'X-Bucketwatch-State': first.state, 'X-Bucketwatch-Severity': first.severity }),
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** SMTP's 5xx stay as they are, its 4xx pass. The text of an answer may repeat what was sent, so only codes are told. */
function failureOf(error: unknown): Delivery {
  const told = error instanceof Error ? error : new Error('unknown');
  const code = 'code' in told && typeof told.code === 'string' ? told.code : told.name;
  const answer =
    'responseCode' in told && typeof told.responseCode === 'number' ? told.responseCode : undefined;
  const reason = `the mail server did not take it (${shown(code, 40)}${answer === undefined ? '' : `, SMTP ${answer}`})`;
  const isFinal = answer === undefined ? code === 'EAUTH' || code === 'EENVELOPE' : answer >= 500;
  return { kind: isFinal ? 'refused' : 'failed', reason };
}
