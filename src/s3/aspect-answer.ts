/** What a store's refusal to say something about a bucket means: nothing there, not allowed, not offered, or no answer. */
import { Fault, reasonOf } from '../lib/fault.ts';
import { OTHER_ANSWER } from './answer-root.ts';
import type { Aspect } from './aspects.ts';
import { type Failure, failureOf, isBadCredentials } from './s3-fault.ts';

/** What a store says to a question about a bucket. `absent` is an answer too: nothing of that kind is configured. */
export type AspectAnswer =
  /** `document` is canonical JSON. */
  | { readonly state: 'present'; readonly document: string }
  | { readonly state: 'absent' }
  /** The reason names the IAM action that is missing. */
  | { readonly state: 'denied'; readonly reason: string }
  | { readonly state: 'unsupported'; readonly reason: string }
  /** No answer: another try may bring one. */
  | { readonly state: 'failed'; readonly reason: string };

/** Codes that say that nothing of the kind is configured. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const ABSENT =
  /^(NoSuch(?!Bucket$|Key$|Version$|Upload$|Entity)\w+|\w*Configuration\w*NotFound\w*|OwnershipControlsNotFoundError)$/;
/** Codes of stores that do not know the question, whatever the status. */
const UNSUPPORTED =
  /^(\w*NotImplemented\w*|MethodNotAllowed|UnsupportedOperation|UnsupportedArgument|OtherAnswer)$/;

/** The answer that a failed request is. Never throws. */
export function answerOf(
  error: unknown,
  asked: { readonly aspect: Aspect; readonly isAws: boolean },
): AspectAnswer {
  const reason = shortened(reasonOf(error));
  const failure = failureOf(error instanceof Fault ? error.cause : error);
  const state = stateOf(failure, asked);
  return state === 'absent' ? { state } : { state, reason: REASONS[failure.name] ?? reason };
}

/** Whether a failed request was refused to us, whoever we are: other requests may be allowed. */
export function isRefused(error: unknown): boolean {
  return answerOf(error, { aspect: 'bucket', isAws: true }).state === 'denied';
}

const REASONS: Readonly<Record<string, string>> = {
  [OTHER_ANSWER]: 'the store answers as if something else had been asked',
};

function stateOf(
  failure: Failure,
  asked: { readonly aspect: Aspect; readonly isAws: boolean },
): Exclude<AspectAnswer['state'], 'present'> {
  const { name, status } = failure;
  if (isBadCredentials(name)) return 'failed';
  // A policy is shown to the account that owns the bucket alone: AWS answers others 405.
  if (asked.isAws && asked.aspect === 'policy' && status === 405) return 'denied';
  if (UNSUPPORTED.test(name) || status === 405 || status === 501) return 'unsupported';
  if (name.startsWith('AccessDenied') || status === 401 || status === 403) return 'denied';
  if (asked.aspect === 'bucket') return status === 404 ? 'absent' : 'failed';
  if (ABSENT.test(name)) return 'absent';
  // Some stores take a sub-resource they do not know for an object.
  return status === 404 && name !== 'NoSuchBucket' && !asked.isAws ? 'unsupported' : 'failed';
}

/** The reason alone: the rest of the sentence stands beside it. */
function shortened(message: string): string {
  return message.replace(/^Cannot read \w+ of [^:]+: /, '').replace(/\.$/, '');
}
