import { useId, useState, type FormEvent } from 'react';
import { Icon } from '../../lib/icons.tsx';
import { visibleText } from '../../lib/visible.ts';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { objectParams } from './object-address.ts';

interface LookUpProps {
  /** What to choose from, the likeliest first. */
  readonly buckets: readonly string[];
}

/** Asks what became of one object, by its bucket and key. */
export function LookUp({ buckets }: LookUpProps) {
  const id = useId();
  const [bucket, setBucket] = useState(buckets[0] ?? '');
  const [key, setKey] = useState('');
  const known = buckets.includes(bucket) ? bucket : (buckets[0] ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key === '') return;
    go(hrefWith(currentPlace(), objectParams({ bucket: known, key, version: null })));
  };
  return (
    <section className="panel">
      <header className="panel-head">
        <h2 id={id}>What became of an object?</h2>
      </header>
      <form className="look-up" aria-labelledby={id} onSubmit={submit}>
        <select
          aria-label="Bucket of the object"
          value={known}
          onChange={({ target }) => setBucket(target.value)}
        >
          {buckets.map((name) => (
            <option key={name} value={name}>
              {visibleText(name)}
            </option>
          ))}
        </select>
        <input
          type="text"
          aria-label="Key of the object"
          placeholder="Its whole key"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={({ target }) => setKey(target.value)}
        />
        <button type="submit" className="button" disabled={key === ''}>
          <Icon name="search" /> Look up
        </button>
      </form>
    </section>
  );
}
