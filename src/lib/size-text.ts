const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.2 GiB`. */
export function bytesText(bytes: number): string {
  const { value, unit } = scaledBytes(bytes);
  return `${unit === 'B' ? value : value.toFixed(1)} ${unit}`;
}

/** The size in the largest unit of which it is one at least. */
export function scaledBytes(bytes: number): { readonly value: number; readonly unit: string } {
  const power = BYTE_UNITS.findLastIndex((_, index) => bytes >= 1024 ** index);
  return { value: bytes / 1024 ** Math.max(0, power), unit: BYTE_UNITS[power] ?? 'B' };
}
