/** SNS through the AWS SDK: one topic, named by its ARN. */
import { createHash } from 'node:crypto';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { Fault } from '../lib/fault.ts';
import type { S3Identity } from './credentials.ts';
import { failureOf, s3Fault } from './s3-fault.ts';
import { singleTry } from './single-try.ts';
import type { Topic, TopicMessage } from './topic.ts';

export interface TopicOptions extends S3Identity {
  readonly arn: string;
  /** Default: that of the ARN. */
  readonly region?: string;
  /** URL of a service other than AWS. */
  readonly endpoint?: string;
}

/** Opens a connection; nothing is sent yet. Throws a `Fault` of code `invalid` for what is no ARN of a topic. */
export function openTopic(options: TopicOptions): Topic {
  const { arn, endpoint } = options;
  const region = /^arn:[\w-]+:sns:([\w-]+):\d{12}:[\w-]+(\.fifo)?$/.exec(arn)?.[1];
  if (region === undefined)
    throw new Fault('invalid', 'Cannot use the topic: its ARN is not arn:aws:sns:<region>:<account>:<name>.');
  if (endpoint !== undefined && !URL.canParse(endpoint))
    throw new Fault('invalid', 'Cannot use the topic: its endpoint is not a URL.');
  const place = { region: options.region ?? region, ...(endpoint === undefined ? {} : { endpoint }) };
  const client = new SNSClient(singleTry(place, options));
  return {
    publish: async (message, signal) => {
      try {
        const answer = await client.send(commandOf(arn, message), { abortSignal: signal });
        return answer.MessageId ?? '';
      } catch (error) {
        signal.throwIfAborted();
        const { name, status } = failureOf(error);
        if (status === 408 || status === 425)
          throw new Fault('unavailable', `Cannot publish to the topic ${arn}: ${name}, HTTP ${status}.`);
        throw s3Fault(error, {
          what: `publish to the topic ${arn}`,
          action: 'sns:Publish',
          resource: arn,
          ...(endpoint === undefined ? {} : { endpoint: new URL(endpoint).origin }),
        });
      }
    },
    close: () => client.destroy(),
  };
}

function commandOf(arn: string, message: TopicMessage): PublishCommand {
  const attributes = Object.entries(message.attributes).map(
    ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
  );
  const group = createHash('sha256').update(message.group).digest('hex');
  return new PublishCommand({
    TopicArn: arn,
    Subject: message.subject,
    Message: message.text,
    MessageAttributes: Object.fromEntries(attributes),
    ...(arn.endsWith('.fifo') ? { MessageGroupId: group, MessageDeduplicationId: message.id } : {}),
  });
}
