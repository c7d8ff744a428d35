import { useEffect, useRef, type ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

interface MenuProps {
  readonly label: string;
  readonly icon: IconName;
  /** What it does, on hover. */
  readonly title: string;
  /** Given a function that closes the menu. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button with a panel below it. Escape, a click elsewhere and a choice close it. */
export function Menu({ label, icon, title, children }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current !== null) menu.current.open = false;
  };
  useEffect(() => {
    const leave = (event: Event) => {
      if (event.target instanceof Node && menu.current?.contains(event.target) !== true) close();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, []);
  return (
    <details
      ref={menu}
      className="menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || menu.current?.open !== true) return;
        event.stopPropagation();
        close();
        menu.current.querySelector('summary')?.focus();
      }}
    >
      <summary className="button" title={title}>
        <Icon name={icon} /> {label}
      </summary>
      <div className="menu-panel">{children(close)}</div>
    </details>
  );
}
