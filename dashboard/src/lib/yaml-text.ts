/** Words that would be read as something else than text. */
const OTHER_KINDS = /^(?:true|false|null|yes|no|on|off|~|[-+.\d].*)$/i;
const PLAIN = /^[\w./][\w ./-]*$/;

/** A value as a configuration file has it. */
export function yamlText(value: unknown): string {
  return lines(value).join('\n');
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  const isPlain = PLAIN.test(value) && !OTHER_KINDS.test(value) && value === value.trim();
  return isPlain ? value : JSON.stringify(value);
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function lines(value: unknown): string[] {
  if (!isNested(value)) return [scalar(value)];
  if (Array.isArray(value)) {
    if (!value.some(isNested)) return [`[${value.map(scalar).join(', ')}]`];
    return value.flatMap((one) => lines(one).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)));
  }
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
    const below = lines(one);
    const isShort = !isNested(one) || (Array.isArray(one) && below.length === 1 && below[0]?.startsWith('['));
    return isShort ? [`${name}: ${below.join('')}`] : [`${name}:`, ...below.map((line) => `  ${line}`)];
  });
}
