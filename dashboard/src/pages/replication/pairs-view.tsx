import type { Pairs } from '../../lib/replication-row.ts';
import { PAIR_WORDS, worstOf } from '../../lib/replication-words.ts';
import { StatusMark } from '../../lib/status-mark.tsx';
import { JudgedUntil } from './judged-until.tsx';
import { LookUp } from './look-up.tsx';
import { PairsTable } from './pairs-table.tsx';

/** The sentence about all pairs, then each in a row. */
export function PairsView({ pairs }: { readonly pairs: Pairs }) {
  const worst = worstOf(pairs.rows);
  const { status, word } = PAIR_WORDS[worst ?? 'unknown'];
  const sources = [...new Set(pairs.rows.map(({ source }) => source))].toSorted();
  return (
    <>
      <div className="verdict">
        <StatusMark status={status} word={word} />
        <p>{pairs.sentence}</p>
      </div>
      <section className="panel flush">
        <header className="panel-head">
          <h2>Pairs</h2>
        </header>
        <PairsTable pairs={pairs.rows} />
        <footer className="panel-foot">
          <JudgedUntil pairs={pairs} />
        </footer>
      </section>
      <LookUp buckets={sources} />
    </>
  );
}
