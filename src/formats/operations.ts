/** Operations of other stores in the words of S3's access log, so that one question covers all. */

/** The store's own name for an operation, and the access log's: `REST.<method>.<resource>`. */
export type Operations = Readonly<Record<string, string>>;

/** An expression that gives the access log's name of the operation `name`, an SQL expression; empty for unknown ones. */
export function knownOperation(name: string, operations: Operations): string {
  const list = (texts: readonly string[]): string => `[${texts.map((text) => `'${text}'`).join(', ')}]`;
  return `transform(${name}, ${list(Object.keys(operations))}, ${list(Object.values(operations))}, '')`;
}
