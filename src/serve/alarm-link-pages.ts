/** Pages behind the links of messages: no script, one form. */
import type { LinkAct } from './alarm-links.ts';
import { type LinkedAlarm, SILENCE_TIMES } from './alarm-link-acts.ts';
import { escapedText } from './markup.ts';

const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1d2126;--soft:#565b63;--line:#d9dde3;--accent:#1d5fa8;--on:#fff;--ok:#1b6e2e;--alarm:#b3261e}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--text:#e7eaee;--soft:#b4bac4;--line:#363c45;--accent:#8fbdf0;--on:#15181c;--ok:#6fcf83;--alarm:#ff8a80}}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:40rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.25rem;margin:0}
h1,p,li{overflow-wrap:anywhere}
.state{font-weight:600}.ALARM{color:var(--alarm)}.OK{color:var(--ok)}
.soft,li{color:var(--soft)}
form{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line)}
label{display:block;margin:.75rem 0}
input,select{display:block;width:100%;box-sizing:border-box;min-height:2.75rem;font:inherit;padding:.4rem .6rem;border:1px solid var(--soft);border-radius:4px;background:var(--ground);color:var(--text)}
button{min-height:2.75rem;padding:.5rem 1.25rem;font:inherit;font-weight:600;border:0;border-radius:4px;background:var(--accent);color:var(--on)}
a{color:var(--accent)}
`;

const STATES = { OK: 'OK', ALARM: 'In ALARM', INSUFFICIENT_DATA: 'Without enough data' } as const;

/** The alarm, and below it what can be done by this link, or why it cannot. */
export function alarmPage(
  shown: LinkedAlarm,
  what: { readonly act: LinkAct; readonly objection: string; readonly home: string },
): string {
  const { title, state, severity, sentence, firstStep, evidence, sinceMs } = shown;
  const since = new Date(sinceMs).toISOString();
  const below =
    what.objection === '' ? formOf(what.act) : `<p><strong>${escapedText(what.objection)}</strong></p>`;
  return pageOf(
    `${state}: ${title}`,
    `<h1>${escapedText(title)}</h1>
<p class="state ${state}">${STATES[state]} <span class="soft">${escapedText(severity)}, since <time datetime="${since}">${since.slice(0, 16).replace('T', ' ')} UTC</time></span></p>
<p>${escapedText(sentence)}</p>
${firstStep === '' ? '' : `<p>First: ${escapedText(firstStep)}</p>\n`}${listOf(evidence)}${below}
${homeLink(what.home)}`,
  );
}

/** What was done. */
export function donePage(text: string, home: string): string {
  return pageOf('Done', `<h1>${escapedText(text)}</h1>\n${homeLink(home)}`);
}

function listOf(rows: readonly string[]): string {
  if (rows.length === 0) return '';
  return `<ul>\n${rows.map((row) => `<li>${escapedText(row)}</li>`).join('\n')}\n</ul>\n`;
}

function formOf(act: LinkAct): string {
  switch (act) {
    case 'open':
      return '';
    case 'acknowledge':
      return form(
        'Until it recovers, for a week at most, it is neither repeated nor escalated.',
        whyField(false),
        'Acknowledge',
      );
    case 'silence':
      return form(
        'While it is silenced nobody is told of it; its history goes on.',
        `${timeField()}${whyField(true)}`,
        'Silence',
      );
  }
}

function form(what: string, field: string, button: string): string {
  return `<form method="post">
<p>${what}</p>
<label>Your name <input name="author" maxlength="200" autocomplete="name" required></label>
${field}<button>${button}</button>
</form>`;
}

function whyField(isRequired: boolean): string {
  return `<label>Why <input name="reason" maxlength="2000"${isRequired ? ' required' : ''}></label>\n`;
}

function timeField(): string {
  const options = Object.entries(SILENCE_TIMES).map(
    ([value, { text }]) => `<option value="${value}">${text}</option>`,
  );
  return `<label>For <select name="time">${options.join('')}</select></label>\n`;
}

function homeLink(home: string): string {
  return home === '' ? '' : `<p><a href="${escapedText(home)}">All of Bucketwatch</a></p>`;
}

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<link rel="icon" href="data:,">
<title>${escapedText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
