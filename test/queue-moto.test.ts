/** The queue source on moto, which sends the notifications of its buckets to the queue itself. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Batch, Sources } from '../src/serve/api.ts';
import { openTestQueue } from './fauxqs.ts';
import { accessLogLines } from './log-lines.ts';
import { installMoto, startMoto } from './moto.ts';
import { logKey } from './s3-messages.ts';
import { keptFolder } from './temp.ts';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'eu-west-1';

test.skipIf(installMoto() !== undefined)(
  'a bucket that announces its objects: logs are loaded, other objects are events, the queue is empty',
  { timeout: 60_000 },
  async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    const { endpoint } = moto;
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    const sqs = new SQSClient({ endpoint, region, credentials });
    const dead = await openTestQueue('dead', {}, sqs);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 });
    const queue = await openTestQueue('announced', { RedrivePolicy }, sqs);
    const Bucket = 'watched';
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn: queue.arn, Events: ['s3:ObjectCreated:*'] }],
        },
      }),
    );
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    await put(logKey(1), accessLogLines({ seed: 1, count: 10 }));
    await put(logKey(2), accessLogLines({ seed: 2, count: 10 }));
    await put('photos/a b+c.jpg', 'not a log');
    const config = configSchema.parse({
      data: join(folder, 'data'),
      sources: [
        {
          kind: 'queue',
          name: 'announced',
          url: queue.url,
          endpoint,
          region,
          access_key_id: 'test',
          secret_access_key: 'test',
        },
      ],
    });
    const app = await openApp(config, {}, { clock: systemClock, log: silentLog });
    try {
      app.follow();
      await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0 }), {
        timeout: 30_000,
        interval: 100,
      });
      const batches = (await (await app.api.request('/api/v1/batches')).json()) as { rows: Batch[] };
      const loaded = batches.rows.map(({ origin, facts }) => `${origin} ${facts}`).sort();
      expect(loaded).toEqual(
        [`s3://watched/${logKey(1)} 10`, `s3://watched/${logKey(2)} 10`, `${queue.url} 1`].sort(),
      );
      expect(await app.engine.query('select key from object_events')).toEqual([{ key: 'photos/a b+c.jpg' }]);
      const { rows } = (await (await app.api.request('/api/v1/sources')).json()) as Sources;
      expect(rows[0]?.queue).toMatchObject({ dead_letter_queue: 'dead', dead_letters: 0 });
    } finally {
      await app.close();
      s3.destroy();
      sqs.destroy();
    }
  },
);
