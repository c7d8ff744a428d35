import type * as api from '../../../src/serve/backup-api.ts';

/** What the API answers about backups. */
type Answered<Shape extends { readonly _output: unknown }> = Shape['_output'];

export type Backups = Answered<typeof api.Backups>;
export type BackupSeries = Backups['rows'][number];
export type BackupRuns = Answered<typeof api.Runs>;
export type BackupRun = BackupRuns['rows'][number];
export type BackupDetail = Answered<typeof api.SeriesDetail>;
export type BackupProposals = Answered<typeof api.Proposals>;
export type BackupProposal = BackupProposals['rows'][number];
export type BackupLinks = Answered<typeof api.Links>;
export type BackupAccepted = Answered<typeof api.Accepted>;
export type BackupDone = Answered<typeof api.Done>;
export type BackupLook = Answered<typeof api.Look>;
export type BackupAct = Answered<typeof api.ActRequest>['act'];

/** A series by its bucket and its name there. */
export type BackupSeriesId = Pick<BackupSeries, 'bucket' | 'series'>;
