/** Lines of JSON as stores write them: a record, several one behind the other, a list, or the rest of a list. */

/**
 * A SELECT over `{records}` that gives `batch_id`, `line_number`, `record` (empty for a line of brackets and commas alone)
 * and `rows_before`: how many rows the records before it in its line have at most. What is no JSON is cut where a record
 * begins with the member `first`, so that one broken record takes none of its neighbours with it.
 *
 * @param rows An SQL lambda from a record to the most rows it gives.
 */
export function recordsOfLines({ first, rows }: { first: string; rows: string }): string {
  return `select batch_id, line_number, record, rows_before
  from (
    with
      trimBoth(line, ' \\t\\r,[]') as text,
      concat('[', text, ']') as list,
      ${rows} as rows_of
    select
      batch_id,
      line_number,
      multiIf(
        isValidJSON(text), [text],
        isValidJSON(list), if(text = '', [''], JSONExtractArrayRaw(list)),
        splitByChar('\\n', replaceRegexpAll(text, '\\\\}[ \\\\t,]*\\\\{[ \\\\t]*"${first}"', '}\\n{"${first}"'))) as records,
      if(length(records) = 1, [0], arrayPushFront(arrayPopBack(arrayCumSum(arrayMap(rows_of, records))), 0)) as rows_before_each
    from {records}
  )
  array join records as record, rows_before_each as rows_before`;
}
