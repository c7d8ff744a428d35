import { expect, test } from 'vitest';
import { sendersOf } from './queue-policy.ts';

const statement = (principal: unknown, action: unknown = 'sqs:SendMessage', effect = 'Allow') => ({
  Effect: effect,
  Principal: principal,
  Action: action,
});

test.each<[string, unknown, readonly string[]]>([
  ['S3', statement({ Service: 's3.amazonaws.com' }), ['s3.amazonaws.com']],
  [
    'several, one twice',
    [
      statement({ Service: ['sns.amazonaws.com', 's3.amazonaws.com'] }, [
        'SQS:ReceiveMessage',
        'SQS:SendMessage',
      ]),
      statement({ Service: 's3.amazonaws.com' }, 'sqs:*'),
    ],
    ['sns.amazonaws.com', 's3.amazonaws.com'],
  ],
  ['anybody', statement('*', 'SQS:*'), ['*']],
  ['anybody, as accounts are written', statement({ AWS: '*' }), ['*']],
  ['the owner alone', statement({ AWS: 'arn:aws:iam::111122223333:root' }, 'SQS:*'), []],
  ['nobody who only receives', statement({ Service: 's3.amazonaws.com' }, 'sqs:ReceiveMessage'), []],
  ['nobody who is denied', statement({ Service: 's3.amazonaws.com' }, 'sqs:SendMessage', 'Deny'), []],
  ['nobody without statements', undefined, []],
])('sendersOf() lets in %s', (_what, given, senders) => {
  expect(sendersOf(JSON.stringify({ Statement: given }))).toEqual(senders);
});

test.each(['', '{', 'null', '[1]'])('sendersOf() takes %j for no policy', (text) => {
  expect(sendersOf(text)).toEqual([]);
});
