import { useQueryClient } from '@tanstack/react-query';
import { Icon } from '../lib/icons.tsx';
import type { LiveState } from '../lib/live.tsx';
import { go, hrefWith } from './place.ts';
import { useView } from './view.tsx';

interface LiveWords {
  readonly word: string;
  readonly meaning: string;
}

const WORDS: Readonly<Record<LiveState, LiveWords>> = {
  live: { word: 'Live', meaning: 'The page is told of what arrives. Click to hold it still' },
  polling: { word: 'Live', meaning: 'The page asks again every few seconds. Click to hold it still' },
  reconnecting: {
    word: 'Reconnecting',
    meaning: 'The server stopped telling what arrives; the page tries to reach it. Click to hold it still',
  },
  paused: { word: 'Paused', meaning: 'The page is held still. Click to follow what arrives' },
};

/** Whether the page follows what arrives, and how that stands. */
export function LiveSwitch() {
  const { place, live, isLive } = useView();
  const queries = useQueryClient();
  const { word, meaning } = WORDS[live];
  const change = () => go(hrefWith(place, { live: isLive ? 'off' : null }), { replace: true });
  return (
    <span className="button-group">
      <button
        type="button"
        className="button live"
        data-live={live}
        aria-pressed={isLive}
        aria-label={`Follow what arrives: ${word}`}
        data-tip={meaning}
        onClick={change}
      >
        <span className="live-dot" aria-hidden="true" /> <span className="live-word">{word}</span>
      </button>
      {!isLive && (
        <button
          type="button"
          className="button"
          title="Ask once more"
          aria-label="Ask once more"
          onClick={() => void queries.invalidateQueries()}
        >
          <Icon name="refresh" />
        </button>
      )}
    </span>
  );
}
