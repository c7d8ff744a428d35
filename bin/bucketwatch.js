#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what is wrong instead of failing to read TypeScript.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `bucketwatch needs Node 22.18 or newer, this is ${process.versions.node}. ` +
      'In a checkout, `npm run bucketwatch -- <command>` brings its own.\n',
  );
  process.exit(2);
}
await import('../src/main.ts');
