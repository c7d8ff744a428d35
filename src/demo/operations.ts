/** What one operation is called in each of the three feeds. */
export interface Operation {
  /** HTTP method; empty when S3 itself acts. */
  readonly method: string;
  /** Query of the request URI, without the `?`. */
  readonly query: string;
  /** CloudTrail's name; empty when CloudTrail never records it. */
  readonly call: string;
  readonly level: 'object' | 'bucket';
  readonly isReadOnly: boolean;
  /** The notification's name on an unversioned and a versioned bucket; absent when there is none. */
  readonly event?: readonly [string, string];
}

function get(query: string, call: string): Operation {
  return { method: 'GET', query, call, level: 'bucket', isReadOnly: true };
}

function put(query: string, call: string): Operation {
  return { method: 'PUT', query, call, level: 'bucket', isReadOnly: false };
}

function write(method: string, query: string, call: string, event?: readonly [string, string]): Operation {
  const operation = { method, query, call, level: 'object', isReadOnly: false } as const;
  return event === undefined ? operation : { ...operation, event };
}

function read(method: string, query: string, call: string): Operation {
  return { method, query, call, level: 'object', isReadOnly: true };
}

const REMOVED = ['ObjectRemoved:Delete', 'ObjectRemoved:DeleteMarkerCreated'] as const;

/**
 * Keys are the access log's names.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html and cloudtrail-logging-s3-info.html
 */
export const OPERATIONS = {
  'REST.GET.OBJECT': read('GET', '', 'GetObject'),
  'REST.HEAD.OBJECT': read('HEAD', '', 'HeadObject'),
  'WEBSITE.GET.OBJECT': read('GET', '', 'GetObject'),
  'REST.GET.BUCKET': read('GET', 'list-type=2&max-keys=1000', 'ListObjects'),
  'REST.GET.OBJECT_TAGGING': read('GET', 'tagging', 'GetObjectTagging'),
  'REST.OPTIONS.PREFLIGHT': read('OPTIONS', '', ''),
  'REST.COPY.OBJECT_GET': read('PUT', '', ''),
  'REST.PUT.OBJECT': write('PUT', '', 'PutObject', ['ObjectCreated:Put', 'ObjectCreated:Put']),
  'REST.COPY.OBJECT': write('PUT', '', 'CopyObject', ['ObjectCreated:Copy', 'ObjectCreated:Copy']),
  'REST.DELETE.OBJECT': write('DELETE', '', 'DeleteObject', REMOVED),
  'REST.POST.MULTI_OBJECT_DELETE': write('POST', 'delete', 'DeleteObjects'),
  'BATCH.DELETE.OBJECT': write('', '', '', REMOVED),
  'REST.POST.UPLOADS': write('POST', 'uploads', 'CreateMultipartUpload'),
  'REST.PUT.PART': write('PUT', '', ''),
  'REST.POST.UPLOAD': write('POST', '', 'CompleteMultipartUpload', [
    'ObjectCreated:CompleteMultipartUpload',
    'ObjectCreated:CompleteMultipartUpload',
  ]),
  'S3.EXPIRE.OBJECT': write('', '', '', ['LifecycleExpiration:Delete', 'LifecycleExpiration:Delete']),
  'S3.TRANSITION_SIA.OBJECT': write('', '', '', ['LifecycleTransition', 'LifecycleTransition']),
  'REST.GET.ACL': get('acl', 'GetBucketAcl'),
  'REST.GET.BUCKETPOLICY': get('policy', 'GetBucketPolicy'),
  'REST.GET.ENCRYPTION': get('encryption', 'GetBucketEncryption'),
  'REST.GET.LOCATION': get('location', 'GetBucketLocation'),
  'REST.GET.LOGGING_STATUS': get('logging', 'GetBucketLogging'),
  'REST.GET.PUBLIC_ACCESS_BLOCK': get('publicAccessBlock', 'GetBucketPublicAccessBlock'),
  'REST.GET.VERSIONING': get('versioning', 'GetBucketVersioning'),
  'REST.PUT.BUCKETPOLICY': put('policy', 'PutBucketPolicy'),
  'REST.PUT.PUBLIC_ACCESS_BLOCK': put('publicAccessBlock', 'PutBucketPublicAccessBlock'),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
