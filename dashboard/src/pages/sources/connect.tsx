import { Pasteable } from '../../lib/pasteable.tsx';
import { Segments } from '../../lib/segments.tsx';
import { currentPlace, go, hrefWith } from '../../routes/place.ts';
import { useView } from '../../routes/view.tsx';
import { CONNECT_SNIPPETS } from './connect-snippets.ts';

/** How to bring facts in: lines to paste, for each kind of source. */
export function Connect() {
  const { place } = useView();
  const asked = place.params.get('kind');
  const snippet = CONNECT_SNIPPETS.find(({ id }) => id === asked) ?? CONNECT_SNIPPETS[0];
  if (snippet === undefined) return null;
  return (
    <section className="panel connect">
      <header className="panel-head">
        <h2>Connect a source</h2>
        <Segments
          label="Kind of source"
          choices={CONNECT_SNIPPETS}
          chosen={snippet.id}
          onChoose={(id) => go(hrefWith(currentPlace(), { kind: id }), { replace: true })}
        />
      </header>
      <p>{snippet.when}</p>
      <h3>
        In <code>bucketwatch.yaml</code>, then start the program again
      </h3>
      <Pasteable text={snippet.config} label="Copy the configuration" />
      {snippet.elsewhere.map(({ words, text }) => (
        <div key={words}>
          <h3>{words}</h3>
          <Pasteable text={text} label="Copy this" />
        </div>
      ))}
    </section>
  );
}
