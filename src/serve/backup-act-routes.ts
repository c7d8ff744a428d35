/** Acting on backups: accepting what is proposed, pausing and the like, looking now, and secret links. */
import { createRoute, z } from '@hono/zod-openapi';
import { yamlText } from '../config/yaml-text.ts';
import { Fault } from '../lib/fault.ts';
import { bucketsOfSeries } from '../monitors/backups/linked-series.ts';
import type { Act, SeriesId, SeriesProposal } from '../monitors/backups/monitor.ts';
import { monitorSection } from '../monitors/backups/proposal-section.ts';
import { scheduleText } from '../monitors/backups/schedule.ts';
import * as shapes from './backup-api.ts';
import type { SeriesLinks } from './backup-links.ts';
import { isoOf } from './ledger-queries.ts';
import { type Api, type ApiParts, answers } from './route.ts';

const DAY_MS = 86_400_000;

export function addBackupActs(api: Api, parts: ApiParts, links: SeriesLinks): void {
  addProposals(api, parts);
  addAct(api, parts, links);
  addLook(api, parts);
  addLinks(api, parts, links);
}

function addProposals(api: Api, parts: ApiParts): void {
  const list = createRoute({
    method: 'get',
    path: '/api/v1/backups/proposals',
    request: {
      query: z.strictObject({
        bucket: shapes.seriesId.shape.bucket.optional(),
        days: z.coerce.number().int().min(1).max(366).default(90),
      }),
    },
    responses: answers(shapes.Proposals, 'What the history of undeclared series proposes'),
  });
  api.openapi(list, async (context) => {
    const { bucket, days } = context.req.valid('query');
    const found = await parts.backups.proposals({ ids: [], historyMs: days * DAY_MS });
    const rows = found.filter((one) => bucket === undefined || one.bucket === bucket);
    return context.json({ days, rows: rows.map(proposalRow) }, 200);
  });

  const accept = createRoute({
    method: 'post',
    path: '/api/v1/backups/accept',
    request: bodyOf(shapes.AcceptRequest),
    responses: answers(shapes.Accepted, 'Writes proposals into the configuration, and watches by them'),
  });
  api.openapi(accept, async (context) => {
    const { ids } = context.req.valid('json');
    const { file, names } = await parts.acceptBackups(ids, context.req.raw.signal);
    return context.json({ file, names: [...names] }, 200);
  });
}

function proposalRow(found: SeriesProposal): shapes.Proposal {
  const section = monitorSection(found);
  return {
    bucket: found.bucket,
    series: found.series,
    files: found.files,
    schedule: scheduleText(found.proposal.rule.schedule),
    fit: found.proposal.fit,
    section,
    yaml: yamlText([section]),
    would_have_fired: found.proposal.fired.map(({ dueMs, verdict, sentence }) => ({
      due: isoOf(dueMs),
      verdict,
      sentence,
    })),
  };
}

function addAct(api: Api, parts: ApiParts, links: SeriesLinks): void {
  const act = createRoute({
    method: 'post',
    path: '/api/v1/backups/act',
    request: bodyOf(shapes.ActRequest),
    responses: answers(shapes.Done, 'Says something of a series: it is paused, retired, of another size'),
  });
  api.openapi(act, async (context) => {
    const { bucket, series, until, ...said } = context.req.valid('json');
    const untilMs = untilOf(said.act, until, parts.clock.nowMs());
    const id = await seriesOf({ bucket, series }, parts);
    const made: Act = { ...id, ...said, ...(untilMs === undefined ? {} : { untilMs }) };
    await parts.backups.act(made, context.req.raw.signal);
    if (made.act === 'renew-link') links.forget();
    return context.json({ sentence: doneText(made) }, 200);
  });
}

/** Throws `invalid` for an end that is none, is past, or of something that has no end. */
function untilOf(act: Act['act'], until: string | undefined, nowMs: number): number | undefined {
  if (until === undefined) return undefined;
  if (act !== 'pause') throw new Fault('invalid', `Cannot ${act} until "${until}": only a pause has an end.`);
  const untilMs = Date.parse(until);
  if (Number.isNaN(untilMs))
    throw new Fault(
      'invalid',
      `Cannot pause until "${until}": it is not a time such as 2026-11-21T10:00:00Z.`,
    );
  if (untilMs <= nowMs) throw new Fault('invalid', `Cannot pause until ${until}: that is past.`);
  return untilMs;
}

function doneText({ act, bucket, series, untilMs }: Act): string {
  const name = `${series} of ${bucket}`;
  switch (act) {
    case 'pause':
      return `Paused ${name}${untilMs === undefined ? ' until somebody resumes it' : ` until ${isoOf(untilMs)}`}.`;
    case 'resume':
      return `Resumed ${name}.`;
    case 'retire':
      return `Retired ${name}: it is expected no more.`;
    case 'expect':
      return `${name} is expected again.`;
    case 'accept-size':
      return `The size of ${name} is right as it is now: runs before now are no measure any more.`;
    case 'renew-link':
      return `${name} has a new link; the one before shows nothing any more.`;
  }
}

function addLook(api: Api, parts: ApiParts): void {
  const look = createRoute({
    method: 'post',
    path: '/api/v1/backups/look',
    request: bodyOf(shapes.LookRequest),
    responses: answers(shapes.Look, 'Lists a bucket now and judges what was found'),
  });
  api.openapi(look, async (context) => {
    const { requests, keys, files, problem } = await parts.backups.look(
      context.req.valid('json').bucket,
      context.req.raw.signal,
    );
    return context.json({ requests, keys, files, problem }, 200);
  });
}

function addLinks(api: Api, parts: ApiParts, links: SeriesLinks): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/backups/links',
    request: {
      query: z.strictObject({
        bucket: shapes.seriesId.shape.bucket.optional(),
        series: shapes.seriesId.shape.series,
      }),
    },
    responses: answers(shapes.Links, 'The secret links of a series'),
  });
  api.openapi(route, async (context) => {
    const id = await seriesOf(context.req.valid('query'), parts);
    const token = await links.tokenOf(id);
    if (token === undefined) throw unknown(id.series);
    return context.json({ status: `/status/${token}`, badge: `/badge/${token}.svg` }, 200);
  });
}

/** The series that is meant: its bucket may be left out when one bucket alone has a series of that name. */
async function seriesOf(
  { bucket, series }: { readonly bucket?: string | undefined; readonly series: string },
  { engine }: ApiParts,
): Promise<SeriesId> {
  if (bucket !== undefined) return { bucket, series };
  const [first, ...others] = await bucketsOfSeries(series, engine);
  if (first === undefined) throw unknown(series);
  if (others.length === 0) return { bucket: first, series };
  throw new Fault(
    'invalid',
    `Cannot tell which backup "${series}" is meant: ${[first, ...others].join(' and ')} have one. Name the bucket.`,
  );
}

function unknown(series: string): Fault {
  return new Fault(
    'not_found',
    `Cannot find the backup "${series}": no bucket has a series of that name; backups list shows those there are.`,
  );
}

function bodyOf<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true, content: { 'application/json': { schema } } } };
}
