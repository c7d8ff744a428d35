import { useEffect, useState } from 'react';
import { Icon } from './icons.tsx';

const SHOWN_MS = 1500;

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for people who do not see the icon. */
  readonly label?: string;
  /** Out of the tab order, for long lists whose side panel has the same button. */
  readonly isSilent?: boolean;
}

/** Puts text on the clipboard as it came, and says so for a moment. */
export function CopyButton({ text, label = 'Copy', isSilent = false }: CopyButtonProps) {
  const [state, setState] = useState<'ready' | 'copied' | 'refused'>('ready');
  useEffect(() => {
    if (state === 'ready') return undefined;
    const timer = setTimeout(() => setState('ready'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const said = state === 'ready' ? label : state === 'copied' ? 'Copied' : 'The browser refused to copy';
  return (
    <button
      type="button"
      className="copy"
      title={said}
      aria-label={said}
      tabIndex={isSilent ? -1 : 0}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(text).then((isCopied) => setState(isCopied ? 'copied' : 'refused'));
      }}
    >
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
    </button>
  );
}

/** Over plain http from another machine `navigator.clipboard` is absent; the older way still works there. */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

/** A line to type in a terminal, with its copy button. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <span className="command">
      <code tabIndex={0}>{command}</code>
      <CopyButton text={command} label="Copy this command" />
    </span>
  );
}
