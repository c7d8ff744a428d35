import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { initialTheme, showTheme } from './lib/theme.ts';
import { currentPlace } from './routes/place.ts';
import './styles/tokens.css';
import './styles/charts.css';
import './styles/pages.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/panels.css';
import './styles/tables.css';
import './styles/explorer.css';
import './styles/replication.css';
import './styles/backups.css';
import './styles/alarms.css';

showTheme(initialTheme(currentPlace().params));

// After an update the page that is open names parts that are no more: the new one has them.
window.addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem('reloaded') ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem('reloaded', String(Date.now()));
  location.reload();
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
