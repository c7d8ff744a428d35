/** Which series a question is about. */

/** All of them when neither is given. */
export interface SeriesChoice {
  /** Bucket id. */
  readonly bucket?: string | undefined;
  readonly series?: string | undefined;
}

/** The choice as a condition on the columns `bucket` and `series`, and its parameters. */
export function conditionOf({ bucket, series }: SeriesChoice): {
  readonly isChosen: string;
  readonly params: Readonly<Record<string, string>>;
} {
  const conditions = [
    ...(bucket === undefined ? [] : ['bucket = {bucket:String}']),
    ...(series === undefined ? [] : ['series = {series:String}']),
  ];
  return {
    isChosen: conditions.length === 0 ? '1' : conditions.join(' and '),
    params: { ...(bucket === undefined ? {} : { bucket }), ...(series === undefined ? {} : { series }) },
  };
}

/** Names a series among those of all buckets. */
export function idOf({ bucket, series }: { readonly bucket: string; readonly series: string }): string {
  return `${bucket}\n${series}`;
}
