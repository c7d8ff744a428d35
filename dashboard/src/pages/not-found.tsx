import { OutsideText } from '../lib/outside-text.tsx';
import { Link } from '../routes/link.tsx';
import { hrefTo } from '../routes/place.ts';
import { useView } from '../routes/view.tsx';

/** For addresses that name no page. */
export function NotFound() {
  const { place } = useView();
  return (
    <div className="empty">
      <p>
        There is no page at <OutsideText text={place.path} />.
      </p>
      <Link className="button" href={hrefTo(place, '/')}>
        To the overview
      </Link>
    </div>
  );
}
