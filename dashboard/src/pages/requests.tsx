import { REQUESTS_KIND } from '../explorer/requests-kind.ts';
import { Explorer } from './explorer.tsx';

/** Single requests as the access logs have them. */
export function Requests() {
  return <Explorer kind={REQUESTS_KIND} />;
}
