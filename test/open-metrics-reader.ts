/**
 * A reader of the text form of OpenMetrics that refuses what the specification does not allow of gauges. Source:
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */

export interface ReadFamily {
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

interface Reading {
  name: string;
  unit: string;
  help: string;
  samples: { labels: Record<string, string>; value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-zA-Z_]))?)+)\})? (NaN|[+-]?Inf|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/g;

/** The families of a text. Throws with the line that is wrong. */
export function readOpenMetrics(text: string): Map<string, ReadFamily> {
  if (!text.endsWith('# EOF\n')) throw new Error('it does not end with # EOF and a line feed');
  const families = new Map<string, Reading>();
  const seen = new Set<string>();
  let current: Reading | undefined;
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const refuse = (what: string): never => {
      throw new Error(`${what}: ${line}`);
    };
    const [, kind = '', name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'TYPE') {
      if (rest !== 'gauge') refuse('not a gauge');
      if (!NAME.test(name) || families.has(name)) refuse('a wrong name, or one that was there before');
      current = { name, unit: '', help: '', samples: [] };
      families.set(name, current);
    } else if (kind !== '') {
      if (current?.name !== name || current.samples.length > 0) refuse('metadata in the wrong place');
      if (/\\(?![\\n"])/.test(rest)) refuse('a wrong escape');
      if (kind === 'UNIT' && !name.endsWith(`_${rest}`)) refuse('the name does not end with the unit');
      if (current !== undefined) current[kind === 'UNIT' ? 'unit' : 'help'] = unescaped(rest);
    } else {
      const match = SAMPLE.exec(line) ?? refuse('no sample');
      if (current === undefined || match[1] !== current.name) refuse('a sample outside of its family');
      if (seen.has(`${match[1]}{${match[2]}}`)) refuse('the same sample twice');
      seen.add(`${match[1]}{${match[2]}}`);
      const pairs = [...(match[2] ?? '').matchAll(LABEL)].map(([, label = '', value = '']) => [
        label,
        unescaped(value),
      ]);
      if (new Set(pairs.map(([label]) => label)).size < pairs.length) refuse('a label twice');
      current?.samples.push({
        labels: Object.fromEntries(pairs) as Record<string, string>,
        value: Number((match[3] ?? '').replace('Inf', 'Infinity')),
      });
    }
  }
  return families;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
