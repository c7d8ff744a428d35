import { OutsideText } from '../lib/outside-text.tsx';

/** Text of several lines. Its line ends are ours, so they are not spelled out as other invisible characters are. */
export function RawText({ text }: { readonly text: string }) {
  return (
    <pre className="raw">
      {text.split('\n').map((line, index) => (
        <div key={index}>
          <OutsideText text={line} />
        </div>
      ))}
    </pre>
  );
}

/** A document as it arrived, or indented where it is JSON. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
