import { useEffect, useState } from 'react';

const TICK_MS = 5000;

/** The time now, kept fresh enough for "3 min ago". */
export function useNowMs(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
