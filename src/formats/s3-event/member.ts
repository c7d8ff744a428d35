/** A JSON object whose members nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the path of member names leads to, or undefined when a step is missing. */
export function member(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isJsonObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );
}

/** The text at the dotted path; numbers and booleans as text, anything else as ''. */
export function textAt(value: unknown, path: string): string {
  const found = member(value, path.split('.'));
  if (typeof found === 'string') return found.toWellFormed();
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
}
