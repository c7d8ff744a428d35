/** Appends to a list in a YAML text and leaves every other byte of it as it stands, where that can be. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { yamlText } from './yaml-text.ts';

/** Where block lines go: before this offset of the text, so many columns in, below these keys. */
interface Place {
  readonly offset: number;
  readonly column: number;
  readonly keys: readonly string[];
}

/**
 * The text with the items at the end of the list `<section>.<list>`, or nothing when it cannot take them (it is an alias, or
 * something else than a list). Sections written in braces are written in lines when there is no other way.
 */
export function appendedYaml(
  text: string,
  path: readonly [section: string, list: string],
  items: readonly object[],
): string | undefined {
  const isCrlf = /\r\n/.test(text) && !/(?<!\r)\n/.test(text);
  const lines = isCrlf ? text.replaceAll('\r\n', '\n') : text;
  const wanted = withItems(parseDocument(lines).toJS() as unknown, path, items);
  const isRight = (made: string | undefined): made is string =>
    made !== undefined && isDeepStrictEqual(valueOf(made), wanted);
  const first = spliced(lines, path, items);
  const made = isRight(first) ? first : rewritten(lines, path, items);
  if (!isRight(made)) return undefined;
  return isCrlf ? made.replaceAll('\n', '\r\n') : made;
}

function valueOf(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : (document.toJS() as unknown);
}

function withItems(
  value: unknown,
  [section, list]: readonly [string, string],
  items: readonly object[],
): unknown {
  const whole = (value ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  const before = (whole[section]?.[list] ?? []) as readonly unknown[];
  return { ...whole, [section]: { ...whole[section], [list]: [...before, ...items] } };
}

/** Lines put where they belong; nothing when there is no such place. */
function spliced(
  text: string,
  path: readonly [string, string],
  items: readonly object[],
): string | undefined {
  const place = placeIn(text, path);
  if (place === undefined) return undefined;
  const keys = place.keys.map((key, depth) => `${' '.repeat(place.column + depth * 2)}${key}:\n`);
  const indent = ' '.repeat(place.column + place.keys.length * 2);
  const lines = yamlText(items).replace(/^(?=.)/gm, indent);
  const before = text.slice(0, place.offset);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const blank = place.keys.length === 2 && before.trim() !== '' ? '\n' : '';
  return `${before}${gap}${blank}${keys.join('')}${lines}${text.slice(place.offset)}`;
}

function placeIn(text: string, [section, list]: readonly [string, string]): Place | undefined {
  const document = parseDocument(text);
  const { contents } = document;
  if (contents === null) return { offset: text.length, column: 0, keys: [section, list] };
  if (!isMap(contents) || contents.flow === true) return undefined;
  if (!contents.has(section)) return { offset: text.length, column: 0, keys: [section, list] };
  const map = contents.get(section, true);
  if (!isMap(map) || map.flow === true || map.items.length === 0) return undefined;
  const seq = map.get(list, true);
  if (seq === undefined) return placeAfter(text, map, [list]);
  if (!isSeq(seq) || seq.flow === true || seq.items.length === 0) return undefined;
  return placeAfter(text, seq, []);
}

/** The line after a collection in lines, and after comments that stand deeper than it. */
function placeAfter(text: string, node: YAMLMap | YAMLSeq, keys: readonly string[]): Place | undefined {
  const start = node.range?.[0];
  const end = endOf(node);
  if (start === undefined || end === undefined) return undefined;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const newline = text.indexOf('\n', text.slice(0, end).trimEnd().length);
  if (newline === -1) return { offset: text.length, column, keys };
  const comments = new RegExp(`^(?:[ \\t]*\\n)*(?: {${column + 1},}#.*(?:\\n|$))+`);
  const [deeper = ''] = comments.exec(text.slice(newline + 1)) ?? [];
  return { offset: newline + 1 + deeper.length, column, keys };
}

/** Where the last value in a collection ends: a collection in lines reaches over comments that are not its own. */
function endOf(node: unknown): number | undefined {
  if (isPair(node)) return endOf(node.value ?? node.key);
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1));
  return isNode(node) ? node.range?.[1] : undefined;
}

/** The whole document written anew, comments and order kept. */
function rewritten(
  text: string,
  [section, list]: readonly [string, string],
  items: readonly object[],
): string | undefined {
  const document = parseDocument(text);
  const map = blockMap(document, section);
  if (map === undefined) return undefined;
  const value = map.get(list, true);
  if (isSeq(value)) {
    value.flow = isFlow(document);
    for (const item of items) value.add(document.createNode(item));
  } else if (isCollection(value) || map.get(list) != null) return undefined;
  else map.set(list, document.createNode(items));
  return document.toString({ lineWidth: 0 });
}

/** The section, made when it is not there or empty; nothing when it is something else than a section. */
function blockMap(document: Document, section: string): YAMLMap | undefined {
  if (document.get(section) == null) document.set(section, document.createNode({}));
  const map = document.get(section, true);
  if (!isMap(map)) return undefined;
  map.flow = isFlow(document);
  return map;
}

function isFlow({ contents }: Document): boolean {
  return isCollection(contents) && contents.flow === true;
}
