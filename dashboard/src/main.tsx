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

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
