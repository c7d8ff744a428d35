/** Answers of stores, read without trust in their form. */

/** Members of an object that came from outside. */
export interface Outside {
  readonly [member: string]: unknown;
}

/** The object that a text is in JSON; nothing when it is none. */
export function objectIn(text: string): Outside | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without members when it is no object. */
export function objectOf(value: unknown): Outside {
  return isObject(value) ? value : {};
}

/** One element stands for a list of it. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Empty when it is no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Outside {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
