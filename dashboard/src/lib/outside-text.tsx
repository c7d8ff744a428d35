import { CopyButton } from './copy.tsx';
import { tailStart, visiblePieces, visibleText } from './visible.ts';

const TAIL_LENGTH = 14;
const UNCUT_LENGTH_MAX = 28;
const TITLE_LENGTH_MAX = 2000;

/** Text that somebody else wrote, every invisible character spelled out. Never cut. */
export function OutsideText({ text }: { readonly text: string }) {
  return (
    <bdi dir="ltr" className="outside">
      {visiblePieces(text).map((piece, index) =>
        piece.kind === 'plain' ? (
          piece.text
        ) : (
          <span key={index} className="control" data-tip={piece.name}>
            {piece.text}
          </span>
        ),
      )}
    </bdi>
  );
}

interface CutTextProps {
  readonly text: string;
  /** Adds a button that copies the text as it came. */
  readonly canCopy?: boolean;
}

/** The same on one line: when the place is too narrow the middle goes, start and end stay. */
export function CutText({ text, canCopy = false }: CutTextProps) {
  const shown = text.length > TITLE_LENGTH_MAX ? `${text.slice(0, TITLE_LENGTH_MAX)}…` : text;
  if (text.length <= UNCUT_LENGTH_MAX) {
    return (
      <span className="cut" data-tip={visibleText(shown)}>
        <span className="cut-head">
          <OutsideText text={text} />
        </span>
      </span>
    );
  }
  const cut = tailStart(text, TAIL_LENGTH);
  return (
    <span className="cut" data-tip={visibleText(shown)}>
      <span className="cut-head">
        <OutsideText text={text.slice(0, cut).slice(0, TITLE_LENGTH_MAX)} />
      </span>
      <span className="cut-tail">
        <OutsideText text={text.slice(cut)} />
      </span>
      {canCopy && <CopyButton text={text} isSilent />}
    </span>
  );
}
