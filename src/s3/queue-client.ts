/** SQS through the AWS SDK: one queue, named by its URL or found by its name. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { Fault } from '../lib/fault.ts';
import { credentialsOf, type S3Identity } from './credentials.ts';
import type { Queue, QueueDepth, ReceivedMessage, Refused } from './queue.ts';
import { s3Fault } from './s3-fault.ts';

export interface QueueOptions extends S3Identity {
  /** `https://sqs.<region>.amazonaws.com/<account>/<name>`; or `name` is given. */
  readonly url?: string;
  readonly name?: string;
  /** Account of a queue given by name, when it is not our own. */
  readonly accountId?: string;
  /** Default: the one in the URL, else the environment's or the profile's, else `us-east-1`. */
  readonly region?: string;
  /** URL of a service other than AWS. */
  readonly endpoint?: string;
}

/** SQS's own limit of messages in a request. */
const AT_ONCE = 10;
const WAIT_S = 20;
const ATTEMPTS = 3;
const CONNECT_MS_MAX = 5_000;
/** Longer than a long poll. */
const SILENCE_MS_MAX = 30_000;
const FALLBACK_REGION = 'us-east-1';
const KINDS: Readonly<Record<string, string>> = {
  ReceiveMessageCommand: 'RECEIVE',
  DeleteMessageBatchCommand: 'DELETE',
  ChangeMessageVisibilityBatchCommand: 'HOLD',
};

/** Opens a connection; nothing is sent before the first request. Throws a `Fault` of code `invalid` for options that cannot be. */
export function openQueue(options: QueueOptions): Queue {
  return new SdkQueue(options);
}

class SdkQueue implements Queue {
  readonly requests: Record<string, number> = {};
  readonly #options: QueueOptions;
  readonly #client: SQSClient;
  #url: string | undefined;

  constructor(options: QueueOptions) {
    if (options.url !== undefined && !/^https?:\/\/[^/]+\/.+/.test(options.url))
      throw new Fault('invalid', 'Cannot use the queue: its url is not https://<host>/<account>/<name>.');
    this.#options = options;
    this.#url = options.url;
    this.#client = new SQSClient(clientConfig(options));
    this.#countRequests();
  }

  get location(): string {
    return this.#url ?? this.#options.name ?? '';
  }

  receive(visibleAfterS: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    return this.#receive({ visibleAfterS, waitS: WAIT_S, most: AT_ONCE }, signal);
  }

  async glance(signal: AbortSignal): Promise<void> {
    const messages = await this.#receive({ visibleAfterS: 0, waitS: 0, most: 1 }, signal);
    const receipts = messages.map(({ receipt }) => receipt);
    // Some services take 0 for their default; where we may not, it is hidden for that time.
    await this.hold(receipts, 0).catch(() => undefined);
  }

  async find(signal: AbortSignal): Promise<void> {
    await this.#queueUrl(signal);
  }

  remove(receipts: readonly string[]): Promise<Refused[]> {
    return this.#inTens(receipts, async (url, tens) => {
      const command = new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: tens.map((receipt, index) => ({ Id: String(index), ReceiptHandle: receipt })),
      });
      return this.#send('delete from', 'sqs:DeleteMessage', () => this.#client.send(command));
    });
  }

  hold(receipts: readonly string[], seconds: number): Promise<Refused[]> {
    return this.#inTens(receipts, async (url, tens) => {
      const command = new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: tens.map((receipt, index) => ({
          Id: String(index),
          ReceiptHandle: receipt,
          VisibilityTimeout: seconds,
        })),
      });
      return this.#send('hold messages of', 'sqs:ChangeMessageVisibility', () => this.#client.send(command));
    });
  }

  async depth(signal: AbortSignal): Promise<QueueDepth> {
    const own = await this.#attributes(await this.#queueUrl(signal), signal);
    const arn = deadLetterArn(own['RedrivePolicy']);
    const depth = {
      waiting: Number(own['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(own['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      delayed: Number(own['ApproximateNumberOfMessagesDelayed'] ?? 0),
      policy: own['Policy'] ?? '',
    };
    const [account, name] = arn?.split(':').slice(-2) ?? [];
    if (account === undefined || name === undefined) return depth;
    const deadLetters = await this.#deadLetters({ account, name }, signal);
    return { ...depth, deadLetterQueue: name, ...(deadLetters === undefined ? {} : { deadLetters }) };
  }

  close(): void {
    this.#client.destroy();
  }

  async #receive(
    { visibleAfterS, waitS, most }: Record<'visibleAfterS' | 'waitS' | 'most', number>,
    signal: AbortSignal,
  ): Promise<ReceivedMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: await this.#queueUrl(signal),
      MaxNumberOfMessages: most,
      WaitTimeSeconds: waitS,
      VisibilityTimeout: visibleAfterS,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    });
    const answer = await this.#send('receive from', 'sqs:ReceiveMessage', () =>
      this.#client.send(command, { abortSignal: signal }),
    );
    return (answer.Messages ?? []).map(messageOf);
  }

  async #queueUrl(signal: AbortSignal): Promise<string> {
    if (this.#url !== undefined) return this.#url;
    const command = new GetQueueUrlCommand({
      QueueName: this.#options.name,
      QueueOwnerAWSAccountId: this.#options.accountId,
    });
    const answer = await this.#send('find', 'sqs:GetQueueUrl', () =>
      this.#client.send(command, { abortSignal: signal }),
    );
    this.#url = answer.QueueUrl ?? '';
    return this.#url;
  }

  async #attributes(url: string, signal: AbortSignal): Promise<Partial<Record<string, string>>> {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
    const answer = await this.#send('ask for the depth of', 'sqs:GetQueueAttributes', () =>
      this.#client.send(command, { abortSignal: signal }),
    );
    return answer.Attributes ?? {};
  }

  /** Messages in the dead-letter queue, which may be another's: nothing when we may not ask. */
  async #deadLetters(
    queue: { readonly account: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    try {
      const found = await this.#client.send(
        new GetQueueUrlCommand({ QueueName: queue.name, QueueOwnerAWSAccountId: queue.account }),
        { abortSignal: signal },
      );
      const attributes = await this.#attributes(found.QueueUrl ?? '', signal);
      return Number(attributes['ApproximateNumberOfMessages'] ?? 0);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async #inTens(
    receipts: readonly string[],
    send: (
      url: string,
      tens: readonly string[],
    ) => Promise<{ Failed?: { Id: string | undefined; Code: string | undefined }[] | undefined }>,
  ): Promise<Refused[]> {
    const refused: Refused[] = [];
    const url = this.#url ?? '';
    for (let start = 0; start < receipts.length; start += AT_ONCE) {
      const tens = receipts.slice(start, start + AT_ONCE);
      const { Failed: failed = [] } = await send(url, tens);
      for (const { Id: id, Code: code } of failed)
        refused.push({ receipt: tens[Number(id)] ?? '', code: code ?? '' });
    }
    return refused;
  }

  async #send<Answer>(what: string, action: string, send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send();
    } catch (error) {
      throw s3Fault(error, {
        what: `${what} the queue ${this.location}`,
        action,
        resource: 'the queue',
        endpoint: this.#url === undefined ? 'SQS' : new URL(this.#url).origin,
      });
    }
  }

  #countRequests(): void {
    this.#client.middlewareStack.add(
      (next, context) => (args) => {
        const kind = KINDS[context.commandName ?? ''] ?? 'ATTRIBUTES';
        this.requests[kind] = (this.requests[kind] ?? 0) + 1;
        return next(args);
      },
      // The step after the one that repeats: each repeat is a request.
      { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
    );
  }
}

function clientConfig(options: QueueOptions): SQSClientConfig {
  const { url, profile } = options;
  const host = url === undefined ? '' : new URL(url).hostname;
  const region = options.region ?? regionIn(host);
  const isAws = host === '' || host.endsWith('.amazonaws.com') || host.endsWith('.amazonaws.com.cn');
  const endpoint = options.endpoint ?? (url === undefined || isAws ? undefined : new URL(url).origin);
  return {
    ...(endpoint === undefined ? {} : { endpoint, region: FALLBACK_REGION }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    credentials: credentialsOf(options),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS_MAX, socketTimeout: SILENCE_MS_MAX },
    customUserAgent: 'bucketwatch',
  };
}

/** `sqs.eu-west-1.amazonaws.com`, or `eu-west-1.queue.amazonaws.com` of older days. */
function regionIn(host: string): string | undefined {
  return /^(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\./.exec(host)?.slice(1).find(Boolean);
}

function messageOf(message: Message): ReceivedMessage {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    sentMs: Number(attributes.SentTimestamp ?? 0),
    receiveCount: Number(attributes.ApproximateReceiveCount ?? 1),
  };
}

function deadLetterArn(policy: string | undefined): string | undefined {
  try {
    const parsed: unknown = JSON.parse(policy ?? '{}');
    const isPolicy = typeof parsed === 'object' && parsed !== null && 'deadLetterTargetArn' in parsed;
    return isPolicy && typeof parsed.deadLetterTargetArn === 'string'
      ? parsed.deadLetterTargetArn
      : undefined;
  } catch {
    return undefined;
  }
}
