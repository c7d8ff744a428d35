import { CommandLine } from '../../lib/copy.tsx';
import { Pasteable } from '../../lib/pasteable.tsx';

const CONFIG = `notify:
  channels:
    - { kind: slack, name: ops, webhook_url: '\${SLACK_WEBHOOK}' }
`;
const COMMAND = 'npm run bucketwatch -- notify test ops';

/** What to type when nobody is told of anything. */
export function NoChannels() {
  return (
    <section className="panel empty-store" aria-label="Channels">
      <h2>Nobody is told of alarms yet</h2>
      <p className="lines-follow">
        A channel is a mail address, a chat, a pager or any program that takes a webhook. These lines of{' '}
        <code>bucketwatch.yaml</code> tell a channel of Slack of every alarm and its recovery:
      </p>
      <Pasteable text={CONFIG} label="Copy the configuration" />
      <p className="step">Whether it arrives, with an alarm that says it is a test:</p>
      <CommandLine command={COMMAND} />
    </section>
  );
}
