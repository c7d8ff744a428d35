import { actOf, auditOf } from './acts.ts';
import type { BucketName } from './company.ts';
import { dayFactor, dueAt } from './day-shape.ts';
import { type Flow, FLOWS } from './flows.ts';
import { mixSeeds, poisson, type Random, randomOf } from './random.ts';
import type { S3Request } from './request.ts';

/** A part of the estate's time: start inclusive, end exclusive. */
export interface Span {
  readonly seed: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Traffic is drawn in steps of this length; what belongs together never takes longer than one. */
const STEP_MS = 600_000;
const AUDIT_EVERY_MS = 43_200_000;
const AUDIT_AFTER_MS = 1_260_000;

/** Sets scheduled jobs apart from flows, which are numbered from 0. */
const AUDIT_STREAM = 1000;

/** Those of the flows' requests that go to a bucket of the list, oldest first; without those of schedules. */
export function trafficTo(buckets: readonly BucketName[], span: Span): readonly S3Request[] {
  const found: S3Request[] = [];
  for (let step = Math.floor(span.startMs / STEP_MS) - 1; step * STEP_MS < span.endMs; step++) {
    for (const [index, flow] of FLOWS.entries()) {
      if (buckets.includes(flow.bucket))
        found.push(...requestsOfFlow({ seed: span.seed, index, flow }, step));
    }
  }
  return inSpan(found, span);
}

/**
 * Everyday requests of a span, oldest first. A function of time and seed alone: how a stretch of time
 * is cut into spans changes nothing, so that live files continue a history.
 */
export function trafficBetween(span: Span): readonly S3Request[] {
  const found: S3Request[] = [];
  for (let step = Math.floor(span.startMs / STEP_MS) - 1; step * STEP_MS < span.endMs; step++) {
    for (const [index, flow] of FLOWS.entries())
      found.push(...requestsOfFlow({ seed: span.seed, index, flow }, step));
    found.push(...jobsOfStep(span.seed, step * STEP_MS));
  }
  return inSpan(found, span);
}

function inSpan(requests: readonly S3Request[], span: Span): readonly S3Request[] {
  return requests
    .filter((request) => request.timeMs >= span.startMs && request.timeMs < span.endMs)
    .sort((one, other) => one.timeMs - other.timeMs);
}

interface FlowOfSeed {
  readonly seed: number;
  readonly index: number;
  readonly flow: Flow;
}

function* requestsOfFlow({ seed, index, flow }: FlowOfSeed, step: number): Generator<S3Request> {
  const startMs = step * STEP_MS;
  const around = { atMs: startMs + STEP_MS / 2, lengthMs: STEP_MS };
  const random = randomOf(mixSeeds(seed, index, step));
  const due = dueAt(flow.shape, flow.perDay, around) * dayFactor(seed, index, startMs);
  for (let count = poisson(random, due); count > 0; count--) {
    yield* actOf(flow, startMs + Math.floor(random() * STEP_MS), random);
  }
}

function* jobsOfStep(seed: number, startMs: number): Generator<S3Request> {
  const auditMs = startMs - (startMs % AUDIT_EVERY_MS) + AUDIT_AFTER_MS;
  if (isInStep(auditMs, startMs)) yield* auditOf(auditMs, randomAt(seed, AUDIT_STREAM, auditMs));
}

function isInStep(timeMs: number, startMs: number): boolean {
  return timeMs >= startMs && timeMs < startMs + STEP_MS;
}

function randomAt(seed: number, stream: number, timeMs: number): Random {
  return randomOf(mixSeeds(seed, stream, timeMs / 60_000));
}
