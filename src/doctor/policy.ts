/** Needs as IAM policies, one for each identity. Pure. */
import type { Need } from './needs.ts';

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, readonly string[]>> };
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** By identity, in the order of the needs. What is granted on the same resources for the same purpose is one statement. */
export function policiesOf(needs: readonly Need[]): ReadonlyMap<string, Policy> {
  const identities = [...new Set(needs.map(({ identity }) => identity))];
  return new Map(
    identities.map((identity) => {
      const statements = merged(needs.filter((need) => need.identity === identity));
      return [identity, { Version: '2012-10-17', Statement: statements }] as const;
    }),
  );
}

function merged(needs: readonly Need[]): PolicyStatement[] {
  const byPurpose = new Map<string, Need>();
  for (const need of needs) {
    const before = byPurpose.get(need.what);
    byPurpose.set(need.what, {
      ...need,
      actions: union(before?.actions ?? [], need.actions),
      resources: union(before?.resources ?? [], need.resources),
    });
  }
  return [...byPurpose.values()].map(({ what, actions, resources, condition }) => ({
    Sid: `Bucketwatch${what}`,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: { StringEquals: condition } }),
  }));
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
