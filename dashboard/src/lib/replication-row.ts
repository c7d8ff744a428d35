import type * as api from '../../../src/serve/replication-api.ts';

/** What the API answers about replication. */
type Answered<Shape extends { readonly _output: unknown }> = Shape['_output'];

export type Pairs = Answered<typeof api.Pairs>;
export type Pair = Pairs['rows'][number];
export type ReplicationSeries = Answered<typeof api.ReplicationSeries>;
export type ReplicationObjects = Answered<typeof api.ReplicationObjects>;
export type ReplicationObject = ReplicationObjects['rows'][number];
export type ReplicationFailures = Answered<typeof api.ReplicationFailures>;
export type ObjectHistory = Answered<typeof api.ObjectHistory>;
export type Canaries = Answered<typeof api.Canaries>;
