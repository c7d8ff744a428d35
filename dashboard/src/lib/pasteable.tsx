import { CopyButton } from './copy.tsx';

interface PasteableProps {
  readonly text: string;
  /** What the button copies. */
  readonly label: string;
}

/** Lines to paste somewhere, with their copy button. */
export function Pasteable({ text, label }: PasteableProps) {
  return (
    <div className="pasteable">
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
