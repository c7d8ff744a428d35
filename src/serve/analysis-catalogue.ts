/** The questions with a name, as the API and the command line list them. */
import { ANALYSES } from '../monitors/activity/analyses.ts';
import { REQUESTS } from '../monitors/activity/facts.ts';
import type { Analyses } from './analysis-api.ts';

export const ANALYSIS_CATALOGUE: Analyses['rows'] = ANALYSES.map(
  ({ name, title, description, parameters, facts }) => ({
    name,
    title,
    description,
    parameters: [...parameters],
    feed: facts === REQUESTS ? 'access-log' : 'cloudtrail',
  }),
);
