import { stringify } from 'yaml';

/** A value as a piece of a configuration file. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
