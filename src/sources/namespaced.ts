import type { OfferedBatch, Source, SourceRun } from './source.ts';

/** The same source, whose events are of buckets in a namespace: those of a store that shares names with another. */
export function inNamespace(source: Source, namespace: string | undefined): Source {
  if (namespace === undefined) return source;
  return {
    name: source.name,
    kind: source.kind,
    get location() {
      return source.location;
    },
    batches: (run) => batchesIn(namespace, source, run),
    status: () => source.status(),
    ...(source.inlet === undefined ? {} : { inlet: source.inlet }),
    close: async () => source.close?.(),
  };
}

async function* batchesIn(namespace: string, source: Source, run: SourceRun): AsyncGenerator<OfferedBatch> {
  for await (const batch of source.batches(run)) yield { ...batch, namespace };
}
