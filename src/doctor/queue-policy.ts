/** Who may send to a queue, by its policy. Pure. */

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
}

/**
 * The services whose messages the policy lets in, and `*` where it lets in anybody's, conditions aside; none for a text that is
 * no policy. Accounts and roles send no events.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
 *
 * @example
 * sendersOf('{"Statement":{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sqs:SendMessage"}}');
 * // ['s3.amazonaws.com']
 */
export function sendersOf(policy: string): string[] {
  const senders = statementsIn(policy)
    .filter(({ Effect, Action }) => Effect === 'Allow' && textsOf(Action).some(isSending))
    .flatMap(({ Principal }) => principalsOf(Principal));
  return [...new Set(senders)];
}

function statementsIn(policy: string): Statement[] {
  try {
    const { Statement: given } = JSON.parse(policy) as { readonly Statement?: unknown };
    const all: readonly unknown[] = Array.isArray(given) ? given : [given];
    return all.filter((one): one is Statement => typeof one === 'object' && one !== null);
  } catch {
    return [];
  }
}

function isSending(action: string): boolean {
  return /^(?:\*|sqs:(?:\*|sendmessage|send\*))$/i.test(action);
}

function principalsOf(principal: unknown): string[] {
  if (principal === '*') return ['*'];
  if (typeof principal !== 'object' || principal === null) return [];
  const { Service: services, AWS: accounts } = principal as {
    readonly Service?: unknown;
    readonly AWS?: unknown;
  };
  return [...textsOf(services), ...textsOf(accounts).filter((account) => account === '*')];
}

function textsOf(given: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all.filter((one) => typeof one === 'string');
}
