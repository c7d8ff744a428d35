import { useEffect, useRef, type ReactNode } from 'react';

const DELAY_MS = 120;
const GAP_PX = 6;
const LAYER_ID = 'tip';

interface TipProps {
  /** What is said on hover and focus: the exact value behind a short one. Lines are kept. */
  readonly text: string;
  /** In the tab order, where nothing around it is. Cells of tables and links are reached by themselves. */
  readonly isReachable?: boolean;
  readonly children: ReactNode;
}

/** A value with its exact form on hover and focus. Needs the page's one `TipLayer`. */
export function Tip({ text, isReachable = false, children }: TipProps) {
  return (
    <span data-tip={text} tabIndex={isReachable ? 0 : undefined}>
      {children}
    </span>
  );
}

/** Text that is there in full says nothing more in a tip. */
function saysMore(owner: HTMLElement): boolean {
  if (!owner.classList.contains('cut')) return true;
  return Array.from(owner.children).some((part) => part.scrollWidth > part.clientWidth);
}

/** The tip that belongs to what the pointer or the focus is on. */
function tipOf(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>('[data-tip]');
}

/** A link, button or cell in focus speaks for the value inside it. */
function tipOfFocus(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element) || !target.matches(':focus-visible')) return null;
  const own = target.closest<HTMLElement>('[data-tip]');
  return own ?? (target.matches('a, button, td') ? target.querySelector<HTMLElement>('[data-tip]') : null);
}

/** Below its owner, or above where there is no room, and never beyond the window. */
function placeBelow(layer: HTMLElement, owner: HTMLElement): void {
  const around = owner.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = layer;
  const below = around.bottom + GAP_PX;
  const top =
    below + offsetHeight <= window.innerHeight ? below : Math.max(0, around.top - GAP_PX - offsetHeight);
  const left = Math.min(around.left, document.documentElement.clientWidth - offsetWidth - GAP_PX);
  layer.style.top = `${top}px`;
  layer.style.left = `${Math.max(GAP_PX, left)}px`;
}

/** Shows one tip at a time in `layer`. The function it gives ends that. */
function followTips(layer: HTMLElement): () => void {
  let owner: HTMLElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(timer);
    owner?.removeAttribute('aria-describedby');
    owner = null;
    layer.hidePopover();
  };
  const show = (next: HTMLElement) => {
    hide();
    if (!saysMore(next)) return;
    owner = next;
    layer.textContent = next.dataset['tip'] ?? '';
    next.setAttribute('aria-describedby', LAYER_ID);
    layer.showPopover();
    placeBelow(layer, next);
  };
  const change = (next: HTMLElement | null) => {
    if (next === owner) return;
    hide();
    if (next !== null) timer = setTimeout(() => next.isConnected && show(next), DELAY_MS);
  };
  const ends = new AbortController();
  const { signal } = ends;
  document.addEventListener('pointerover', ({ target }) => change(tipOf(target)), { signal });
  document.addEventListener('focusin', ({ target }) => change(tipOfFocus(target)), { signal });
  document.addEventListener('focusout', () => change(null), { signal });
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && change(null), { signal });
  window.addEventListener('scroll', () => change(null), { signal, capture: true, passive: true });
  return () => {
    ends.abort();
    hide();
  };
}

/** The place where every tip of the page is shown. Once, anywhere. */
export function TipLayer() {
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => (layer.current === null ? undefined : followTips(layer.current)), []);
  return <div ref={layer} id={LAYER_ID} className="tip" role="tooltip" popover="manual" />;
}
