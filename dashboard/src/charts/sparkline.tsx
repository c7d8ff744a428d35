interface SparklineProps {
  /** Null where nothing is known: drawn as a gap. */
  readonly values: readonly (number | null)[];
  /** What it shows and its range, in words. */
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 24;
const POINTS_MAX = 120;

/** The highest of each stretch, so that no peak is lost. */
function thinned(values: readonly (number | null)[]): readonly (number | null)[] {
  const size = Math.ceil(values.length / POINTS_MAX);
  if (size <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const known = values.slice(index * size, (index + 1) * size).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}

function pathOf(values: readonly (number | null)[], top: number): string {
  const stepPx = WIDTH / Math.max(1, values.length - 1);
  let isDown = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isDown = false;
        return '';
      }
      const y = HEIGHT - 2 - (value / top) * (HEIGHT - 4);
      const point = `${isDown ? 'L' : 'M'}${(index * stepPx).toFixed(1)} ${y.toFixed(1)}`;
      // A point between two gaps is a dot.
      const isLonely = !isDown && (values[index + 1] ?? null) === null;
      isDown = true;
      return isLonely ? `${point}h.01` : point;
    })
    .join('');
}

/** A line the height of a row, from zero. */
export function Sparkline({ values, label }: SparklineProps) {
  const shown = thinned(values);
  const top = Math.max(...shown.map((value) => value ?? 0));
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      data-tip={label}
    >
      <path d={pathOf(shown, top === 0 ? 1 : top)} />
    </svg>
  );
}
