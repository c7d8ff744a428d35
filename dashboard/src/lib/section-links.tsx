import { Link } from '../routes/link.tsx';
import { hrefWith } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';

interface Section {
  readonly id: string;
  readonly title: string;
}

interface SectionLinksProps {
  readonly label: string;
  /** Its name in the address; the first section is there when the address names none. */
  readonly param: string;
  readonly sections: readonly Section[];
  readonly current: string;
}

/** The parts of a page that are looked at one by one. */
export function SectionLinks({ label, param, sections, current }: SectionLinksProps) {
  const { place } = useView();
  return (
    <nav className="section-links" aria-label={label}>
      {sections.map(({ id, title }, index) => (
        <Link
          key={id}
          href={hrefWith(place, { [param]: index === 0 ? null : id, open: null })}
          aria-current={id === current ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
