/** CloudWatch through the AWS SDK: puts values of metrics. */
import { CloudWatchClient, PutMetricDataCommand, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import { Fault } from '../lib/fault.ts';
import type { CloudWatchOptions } from './cloudwatch.ts';
import type { Datum, MetricSink, PutOutcome } from './metric-data.ts';
import { type Failure, failureOf, s3Fault } from './s3-fault.ts';
import { singleTry } from './single-try.ts';

/** Codes of a connection that was never made. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_[A-Z_]+|EHOSTUNREACH|ENETUNREACH|CERT_[A-Z_]+|DEPTH_[A-Z_]+|SELF_[A-Z_]+|UNABLE_[A-Z_]+)$/;

/** Opens a connection; nothing is sent yet. Throws a `Fault` of code `invalid` for half a key. */
export function openMetricSink(options: CloudWatchOptions): MetricSink {
  const client = new CloudWatchClient(singleTry(options, options));
  return {
    put: async (namespace, data) => {
      try {
        await client.send(new PutMetricDataCommand({ Namespace: namespace, MetricData: data.map(memberOf) }));
        return { kind: 'taken' };
      } catch (error) {
        return outcomeOf(error, { namespace, ...options });
      }
    },
    close: () => client.destroy(),
  };
}

function memberOf({ name, dimensions, timeMs, value, unit }: Datum) {
  return {
    MetricName: name,
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(timeMs),
    Value: value,
    ...(unit === undefined ? {} : { Unit: unit as StandardUnit }),
  };
}

function outcomeOf(
  error: unknown,
  {
    namespace,
    region,
    endpoint,
  }: { readonly namespace: string; readonly region: string; readonly endpoint?: string },
): PutOutcome {
  const fault = s3Fault(error, {
    what: `publish to the namespace ${namespace} of CloudWatch in ${region}`,
    action: 'cloudwatch:PutMetricData',
    resource: `* where the condition key cloudwatch:namespace is ${namespace}`,
    endpoint: endpoint === undefined ? 'CloudWatch' : new URL(endpoint).origin,
  });
  // Credentials that could not be had are a fault before anything is sent.
  const isRefused = error instanceof Fault || isRefusal(failureOf(error));
  return { kind: isRefused ? 'refused' : 'unknown', fault };
}

function isRefusal({ status, code = '' }: Failure): boolean {
  if (status === undefined) return NOT_CONNECTED.test(code);
  return (status >= 400 && status < 500) || status === 503;
}
