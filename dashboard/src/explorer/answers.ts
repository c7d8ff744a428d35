import type { Analyses } from '../../../src/serve/analysis-api.ts';

/** A question with a name, ready to be asked. */
export type Analysis = Analyses['rows'][number];
export type { Analyses, AnalysisAnswer as AnalysisResult } from '../../../src/serve/analysis-api.ts';
