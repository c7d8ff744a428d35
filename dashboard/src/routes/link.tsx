import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { go } from './place.ts';

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string;
  /** Told when the link is followed on this page. */
  readonly onFollow?: () => void;
}

/** An ordinary link that changes the page without loading it anew. */
export function Link({ href, onFollow, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain) return;
    event.preventDefault();
    go(href);
    onFollow?.();
  };
  return <a {...rest} href={href} onClick={follow} />;
}
