/** The style sheet of the status page: light and dark, wide and narrow. */
export const statusStyle = `
:root {
  color-scheme: light dark;
  --text: #1c2430; --faint: #56616f; --line: #dde3ea; --back: #ffffff; --panel: #f5f7fa;
  --good: #1a7f4b; --fair: #b06a00; --poor: #c2362b; --none: #d3dae2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e3e8ef; --faint: #9aa7b8; --line: #2d3846; --back: #11161d; --panel: #1a212b;
    --good: #43b97b; --fair: #e0a03c; --poor: #f0766b; --none: #364252;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 46rem; padding: 3rem 1.5rem 4rem;
  font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
}
h1 { margin: 0 0 1.25rem; font-size: 1rem; font-weight: 600; color: var(--faint); }
.overall { margin: 0 0 2.5rem; padding: 1rem 1.25rem; border-radius: .5rem; border-left: .4rem solid; background: var(--panel); }
.overall strong { font-size: 1.35rem; line-height: 1.3; color: var(--text); }
.overall span { display: block; color: var(--faint); font-size: .9rem; }
.operational { border-color: var(--good); color: var(--good); }
.degraded { border-color: var(--fair); color: var(--fair); }
.outage { border-color: var(--poor); color: var(--poor); }
section { padding: 1.25rem 0 1.5rem; border-top: 1px solid var(--line); }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
h2 { margin: 0; font-size: 1.1rem; }
header span { font-weight: 600; }
section p { margin: .15rem 0 .8rem; color: var(--faint); }
svg { display: block; width: 100%; height: 2.25rem; }
rect { fill: var(--none); }
rect.good { fill: var(--good); }
rect.fair { fill: var(--fair); }
rect.poor { fill: var(--poor); }
.scale { display: flex; justify-content: space-between; gap: 1rem; margin-top: .35rem; font-size: .85rem; color: var(--faint); }
details { margin-top: .5rem; font-size: .85rem; }
summary { cursor: pointer; color: var(--faint); }
table { margin-top: .5rem; border-collapse: collapse; }
th, td { padding: .15rem 1.5rem .15rem 0; text-align: left; font-weight: 400; font-variant-numeric: tabular-nums; }
thead th { color: var(--faint); }
footer { padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: .85rem; color: var(--faint); }
footer p { margin: 0 0 .4rem; }
a { color: inherit; }
@media (max-width: 30rem) { body { padding: 1.5rem 1rem 3rem; } .overall { margin-bottom: 1.5rem; } }
`;
