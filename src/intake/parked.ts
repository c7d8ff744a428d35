/** Messages that nothing can be made of, in the engine's table `parked_messages`. */
import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { ParkedMessage, Parking } from '../sources/source.ts';
import { engineTime } from '../lib/engine-time.ts';

/** Messages that come together are one insert. */
const COLLECT_MS = 20;
const BODY_CHARACTERS_MAX = 1_048_576;

export function openParking(parts: { readonly engine: Engine; readonly clock: Clock }): Parking {
  let next: { readonly messages: ParkedMessage[]; readonly stored: Promise<void> } | undefined;
  const store = async (): Promise<void> => {
    await parts.clock.sleep(COLLECT_MS);
    const rows = (next?.messages ?? []).map(parkedRow);
    next = undefined;
    await parts.engine.insertRows({ table: 'parked_messages', rows });
  };
  return {
    park: (message) => {
      next ??= { messages: [], stored: store() };
      next.messages.push(message);
      return next.stored;
    },
  };
}

function parkedRow({ source, messageId, reason, body, receivedMs }: ParkedMessage): Record<string, unknown> {
  const hash = createHash('sha256').update(JSON.stringify([source, messageId, reason]));
  return {
    parked_id: hash.digest().readBigUInt64BE(0).toString(),
    source,
    reason,
    body: withoutSecrets(body.slice(0, BODY_CHARACTERS_MAX).toWellFormed()),
    message_id: messageId,
    received_at: engineTime(receivedMs),
  };
}

/** In the query of a URL, in a header, or a member of JSON, also of JSON within JSON: as formats redact text like it. */
const SECRETS =
  /((?:x[-_]amz[-_](?:signature|(?:security|s3session)[-_]token|(?:copy[-_]source[-_])?server[-_]side[-_]encryption[-_]customer[-_]key)|signature|sig|(?:session|security|access_|id_|refresh_|auth_)?token|secret(?:accesskey)?|client_secret|api_?key|password|passwd)[\\"']*\s*(?:[:=]|%3d)\s*[\\"']*)[^&\s"'\\,]+/gi;
const HEADERS =
  /(authorization[\\"']*\s*[:=]\s*[\\"']*(?:AWS [^:"']*:|(?:Bearer|Basic) )|cookie[\\"']*\s*[:=]\s*[\\"']*)[^"'\\]+/gi;

/** The text with signatures, tokens and passwords replaced. */
function withoutSecrets(text: string): string {
  return text.replace(SECRETS, '$1REDACTED').replace(HEADERS, '$1REDACTED');
}
