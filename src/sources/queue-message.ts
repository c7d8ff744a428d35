/** What is to be done with a message of a queue: decided from its text alone. */
import { readMessages } from '../formats/s3-event/decode.ts';
import { CLOUDTRAIL_EVENT, type ObjectEvent, type Outcome } from '../formats/s3-event/object-event.ts';
import type { ObjectName } from './queue-logs.ts';

/**
 * What the messages of a queue are: `announcements` of log objects, which are fetched; `events` about objects, which are
 * facts themselves; `auto`: announcements where the object is a log, events else; `both`: every event is a fact, and logs
 * are fetched.
 */
export type MessageMode = 'auto' | 'announcements' | 'events' | 'both';

export interface Announced extends ObjectName {
  /** Without quotes; absent when the message does not say. */
  readonly etag?: string;
}

export interface MessagePlan {
  /** Log objects to fetch, each once. */
  readonly announced: readonly Announced[];
  /** What of the message itself is a batch. */
  readonly batch?: { readonly format: 's3-event' | 'cloudtrail'; readonly text: string };
  /** Why it is put aside. */
  readonly parked?: string;
  /** Parts that are left out on purpose, with what they are: a test event, an event about an object that is no log. */
  readonly skipped: readonly string[];
}

export interface PlanRules {
  readonly mode: MessageMode;
  readonly isLog: (name: ObjectName) => boolean;
}

/** Every part of a message ends in one member of the plan; none is lost. */
export function planOf(body: string, rules: PlanRules): MessagePlan {
  const outcomes = readMessages(body);
  const found: Announced[] = [];
  const skipped: string[] = [];
  const rejected: Extract<Outcome, { kind: 'reject' }>[] = [];
  let hasEvent = false;
  for (const outcome of outcomes) {
    switch (outcome.kind) {
      case 'skipped':
        skipped.push(outcome.what);
        break;
      case 'delivery':
        if (rules.mode === 'events') skipped.push('delivery of CloudTrail');
        else found.push(...outcome.keys.map((key) => ({ bucket: outcome.bucket, key })));
        break;
      case 'reject':
        rejected.push(outcome);
        break;
      case 'event': {
        const isAnnounced = announces(outcome.event, rules);
        const isFact = rules.mode !== 'announcements' && !(rules.mode === 'auto' && isAnnounced);
        if (isAnnounced) found.push(announcedBy(outcome.event));
        if (isFact) hasEvent = true;
        if (!isAnnounced && !isFact) skipped.push('event about another object');
      }
    }
  }
  const announced = withoutRepeats(found);
  if (hasEvent) return { announced, batch: { format: 's3-event', text: body }, skipped };
  const [first] = rejected;
  if (first === undefined) return { announced, skipped: outcomes.length === 0 ? ['empty message'] : skipped };
  const areCalls =
    rules.mode !== 'announcements' && rejected.every(({ reason }) => reason === CLOUDTRAIL_EVENT);
  if (!areCalls) return { announced, parked: first.reason, skipped };
  const text = rejected.map(({ raw }) => raw).join('\n');
  return { announced, batch: { format: 'cloudtrail', text }, skipped };
}

/** Whether an event says that a log object is there to be read. */
function announces(event: ObjectEvent, { mode, isLog }: PlanRules): boolean {
  if (mode === 'events' || !event.event_name.startsWith('ObjectCreated')) return false;
  const isMarker = event.key.endsWith('/');
  return !isMarker && isLog(event);
}

function announcedBy({ bucket, key, etag }: ObjectEvent): Announced {
  return { bucket, key, ...(etag === '' ? {} : { etag }) };
}

function withoutRepeats(announced: readonly Announced[]): Announced[] {
  return [...new Map(announced.map((one) => [`${one.bucket}/${one.key}#${one.etag ?? ''}`, one])).values()];
}
