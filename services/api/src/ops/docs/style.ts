/** The page's one style sheet: light and dark, wide and narrow, on screen and on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --text: #1c2430; --faint: #5b6675; --line: #dde3ea; --back: #ffffff; --panel: #f5f7fa;
  --accent: #0b5cad; --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e3e8ef; --faint: #9aa7b8; --line: #2d3846; --back: #11161d; --panel: #1a212b;
    --accent: #7db8f5; --on-accent: #0b1420;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 6rem; display: grid;
  grid-template-columns: 15rem minmax(0, 1fr); gap: 3rem;
  font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--back);
}
nav { position: sticky; top: 2rem; align-self: start; font-size: .875rem; }
nav strong { display: block; margin: 1.1rem 0 .3rem; color: var(--faint); font-weight: 600; }
nav strong:first-child { margin-top: 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .12rem 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
a { color: var(--accent); }
h1 { margin: 0 0 .25rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 3.5rem 0 1rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; }
h4 { margin: 1.75rem 0 .5rem; font-size: .95rem; color: var(--faint); }
section { scroll-margin-top: 1rem; }
.version { margin: 0 0 1.5rem; color: var(--faint); }
.lead { margin: 0 0 .75rem; font-weight: 600; }
.method {
  display: inline-block; padding: .1rem .5rem; border-radius: .3rem; font-size: .78rem;
  letter-spacing: .04em; vertical-align: .1em; color: var(--on-accent); background: var(--accent);
}
code { font: .875em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
td code, th { white-space: nowrap; }
figure { margin: .75rem 0; }
figcaption { margin-bottom: .25rem; font-size: .85rem; color: var(--faint); }
pre {
  margin: 0; padding: .8rem 1rem; overflow-x: auto; border: 1px solid var(--line);
  border-radius: .4rem; background: var(--panel);
}
pre code { overflow-wrap: normal; }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .45rem 1rem .45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 600; }
tr:target { background: var(--panel); outline: 2px solid var(--accent); }
@media (max-width: 60rem) {
  body { display: block; padding: 1.25rem 1rem 4rem; }
  nav { position: static; margin-bottom: 2rem; columns: 2; }
  nav strong { break-after: avoid; }
  nav ul { break-inside: avoid; }
}
@media print { nav { display: none; } body { display: block; } }
`;
