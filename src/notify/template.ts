/** Bodies of people's own: JSON in which `{{alarm.title}}` stands for a text. */
import { Fault } from '../lib/fault.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const PLACE = /\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}/g;
const WHOLE = /^\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}$/;

/**
 * Reads a template, e.g. `{"text": "{{alarm.title}}", "all": "{{alarms}}"}`. What is put in never changes the shape of the
 * JSON: it goes into its texts. A text that is one place alone becomes the value itself, which may be a list or an object.
 * Throws `invalid` for what is no JSON.
 */
export function templateOf(text: string): (values: Json) => Json {
  let template: Json;
  try {
    template = JSON.parse(text) as Json;
  } catch (cause) {
    throw new Fault('invalid', 'Cannot read the body of the webhook: it is not JSON.', { cause });
  }
  return (values) => filled(template, values);
}

/** Every name that the template asks for. */
export function placesOf(text: string): string[] {
  return [...text.matchAll(PLACE)].map((match) => match[1] ?? '');
}

/** The value at a dotted name; nothing when there is none. Looks at a value's own members only. */
export function valueAt(values: Json, name: string): Json | undefined {
  let value: Json | undefined = values;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[step];
  }
  return value;
}

function filled(template: Json, values: Json): Json {
  if (typeof template === 'string') return filledText(template, values);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((element: Json) => filled(element, values));
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filled(value, values)]));
}

function filledText(text: string, values: Json): Json {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return valueAt(values, whole) ?? '';
  return text.replace(PLACE, (_place, name: string) => {
    const value = valueAt(values, name) ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
