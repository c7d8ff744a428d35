/** Mails over SMTP. */
import { createTransport } from 'nodemailer';
import type { Mail, MailTransport } from './email.ts';

/** An SMTP server. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** Encrypted after STARTTLS, without which nothing is sent; from the beginning; or not at all. */
  readonly security: 'starttls' | 'tls' | 'none';
  /** Without it nobody logs in. */
  readonly username?: string;
  readonly password?: string;
}

export interface SmtpOptions {
  /** How long one step may take: to connect, to be greeted, to be answered. Default: 10 s. */
  readonly stepMs?: number;
  /** How long a mail may take altogether. Default: 60 s. */
  readonly wholeMs?: number;
  /** Certificate that vouches for the server beside those that this machine knows, in PEM. */
  readonly ca?: string;
}

/** What went wrong, by its codes alone: the text of an answer may repeat what was sent. */
class MailError extends Error {
  override readonly name = 'MailError';
  readonly code: string;
  readonly responseCode?: number;

  constructor(code: string, responseCode?: number) {
    super(`Cannot send the mail: ${code}${responseCode === undefined ? '' : `, SMTP ${responseCode}`}`);
    this.code = code;
    if (responseCode !== undefined) this.responseCode = responseCode;
  }
}

/** A transport to the server; it connects for each mail, and not before. */
export function openSmtp(server: MailServer, options: SmtpOptions = {}): MailTransport {
  const { stepMs = 10_000, wholeMs = 60_000, ca } = options;
  const { host, port, security, username, password = '' } = server;
  const transporter = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === undefined ? {} : { auth: { user: username, pass: password } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    dnsTimeout: stepMs,
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    sendMail: async (mail, signal) => {
      const deadline = AbortSignal.timeout(wholeMs);
      try {
        const sent = await transporter.sendMail({
          ...parametersOf(mail),
          signal: AbortSignal.any([signal, deadline]),
        });
        const [rejected] = worstFirst(sent.rejectedErrors ?? []);
        if (rejected !== undefined) throw rejected;
        return { messageId: sent.messageId };
      } catch (error) {
        signal.throwIfAborted();
        throw deadline.aborted ? new MailError('ETIMEDOUT') : mailError(error);
      }
    },
  };
}

function parametersOf(mail: Mail) {
  return { ...mail, to: [...mail.to], headers: { ...mail.headers } };
}

/** One receiver that may be tried again counts for all: who has it already knows it by its id. */
function worstFirst(rejected: readonly unknown[]): MailError[] {
  const errors = rejected.map(mailError);
  return errors.sort((left, right) => (left.responseCode ?? 0) - (right.responseCode ?? 0));
}

/** Of a socket nodemailer tells one code for everything; its text, which we wrote no part of, says more. */
const SOCKET_CODES: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'ECONNREFUSED'],
  [/ECONNRESET/, 'ECONNRESET'],
  [/EHOSTUNREACH|ENETUNREACH/, 'EHOSTUNREACH'],
  [/certificate has expired/i, 'CERT_HAS_EXPIRED'],
  [/altnames/i, 'CERT_ALTNAME_INVALID'],
  [/certificate|unable to verify/i, 'CERT_UNKNOWN'],
  [/wrong version number|packet length/i, 'WRONG_VERSION_NUMBER'],
];

function mailError(error: unknown): MailError {
  if (error instanceof MailError) return error;
  if (!(error instanceof Error)) return new MailError('unknown');
  const told = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const code =
    (told === 'ESOCKET' ? SOCKET_CODES.find(([text]) => text.test(error.message))?.[1] : undefined) ?? told;
  const given = 'responseCode' in error ? error.responseCode : undefined;
  return new MailError(code, typeof given === 'number' && given >= 400 ? given : undefined);
}
