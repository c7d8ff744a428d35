/** Reads up to `count` values ahead of who reads, so that waiting for the next page and working on this one overlap. */
export async function* readAhead<Value>(values: AsyncGenerator<Value>, count: number): AsyncGenerator<Value> {
  const asked: Promise<IteratorResult<Value, unknown>>[] = [];
  const ask = (): void => {
    const next = values.next();
    // Thrown again where it is read; until then it is nobody's.
    next.catch(() => undefined);
    asked.push(next);
  };
  try {
    for (;;) {
      while (asked.length <= count) ask();
      const next = await asked.shift();
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    await values.return(undefined).catch(() => undefined);
  }
}
