/** Where the stream stands; `polling` while nothing has come over it. */
export type StreamState = 'live' | 'polling' | 'reconnecting';

interface StreamParts {
  readonly onState: (state: StreamState) => void;
  /** Something was loaded, or may have been while nobody was told. */
  readonly onChange: () => void;
}

const PATH = '/api/v1/events';
/** A browser gives up on an answer that is no stream; it is asked again after this. */
const RETRY_MS = 30_000;
/** A proxy may hold a stream back: what has not greeted by then is not relied on. */
const HELLO_MS = 10_000;

/** Follows the server's events until the function it gives is called. */
export function followEvents({ onState, onChange }: StreamParts): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  let greetings = 0;
  const wait = (ms: number, then: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  const open = () => {
    source = new EventSource(PATH);
    wait(HELLO_MS, () => onState('polling'));
    source.addEventListener('hello', () => {
      clearTimeout(timer);
      greetings += 1;
      onState('live');
      if (greetings > 1) onChange();
    });
    source.addEventListener('change', onChange);
    source.addEventListener('error', () => {
      const isOver = source?.readyState === EventSource.CLOSED;
      onState(isOver ? 'polling' : 'reconnecting');
      if (isOver) wait(RETRY_MS, open);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
