import type { Sources } from '../../../src/serve/api.ts';

export type SourceRow = Sources['rows'][number];
