// The page's look: paper and ink, two accents, nothing loaded from elsewhere.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbf8f2; --card: #fffdf9; --ink: #211e1a; --soft: #6b645a; --grid: #e3dccf; --band: #f3ede1; --band-odd: #fbf8f2;
  --sent: #c17a33; --said: #24588a; --third: #5f8a4e; --cell: #f1ebdf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --card: #1a1d22; --ink: #ece7dd; --soft: #a29b8e; --grid: #30343b; --band: #1b1e23; --band-odd: #14161a;
    --sent: #e3a25c; --said: #79b4ec; --third: #96c383; --cell: #1e2228;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.6 'Iowan Old Style', 'Palatino Linotype', Palatino, Charter, Georgia, serif;
}
main { max-width: 1040px; margin: 0 auto; padding: 56px 20px 40px; }
.eyebrow, figcaption, .legend, .who, .figures dt, details, caption, footer, svg text, .heat {
  font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
.eyebrow { margin: 0; color: var(--sent); font-size: 13px; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: 10px 0 14px; max-width: 16em; font-size: clamp(34px, 6vw, 60px); font-weight: 600; line-height: 1.06; letter-spacing: -.015em; }
.deck { max-width: 34em; margin: 0 0 34px; color: var(--soft); font-size: 20px; line-height: 1.5; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0 28px; margin: 0 0 26px; }
.figures div { padding: 12px 0 0; border-top: 2px solid var(--ink); }
.figures dt { color: var(--soft); font-size: 13px; line-height: 1.4; }
.figures dd { margin: 0; font-size: 32px; line-height: 1.2; font-variant-numeric: lining-nums; }
section { margin-top: 68px; }
h2 { margin: 0 0 6px; font-size: 31px; font-weight: 600; line-height: 1.2; letter-spacing: -.01em; }
.finding { max-width: 40em; margin: 0 0 22px; color: var(--soft); }
.chart { display: block; width: 100%; height: auto; overflow: visible; }
.chart.narrow { display: none; }
svg text { fill: var(--soft); font-size: 12px; }
.panel text { font-size: 12px; }
.band { fill: var(--band); } .band.odd { fill: var(--band-odd); }
.numeral, .year { text-anchor: middle; } .numeral { font-weight: 600; letter-spacing: .04em; }
.value { text-anchor: end; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--grid); } .axis { stroke: var(--soft); fill: none; }
.written { fill: var(--sent); } .spoken { fill: var(--said); }
.written:hover, .spoken:hover { fill: var(--ink); }
svg text.note { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.leader { stroke: var(--soft); stroke-dasharray: 2 3; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 8px; color: var(--soft); font-size: 14px; }
.legend i { display: inline-block; width: 11px; height: 11px; margin-right: 7px; border-radius: 2px; }
.legend .written { background: var(--sent); } .legend .spoken { background: var(--said); }
.smalls { display: grid; grid-template-columns: repeat(3, 1fr); gap: 26px 24px; }
.chart + .smalls { margin-top: 26px; }
figure { margin: 0; } .small svg { display: block; width: 100%; height: auto; overflow: visible; }
figcaption { margin: 0 0 2px; color: var(--soft); font-size: 13px; } figcaption b { color: var(--ink); font-size: 15px; font-weight: 600; }
.dots { fill: none; stroke: var(--said); stroke-width: 2.6; stroke-linecap: round; opacity: .3; }
.area { fill: var(--said); opacity: .13; } .line { fill: none; stroke: var(--said); stroke-width: 2.2; stroke-linejoin: round; }
.peak { fill: var(--said); stroke: var(--paper); stroke-width: 1.5; }
.line.c1 { stroke: var(--said); } .line.c2 { stroke: var(--sent); } .line.c3 { stroke: var(--third); }
svg .end { font-size: 15px; font-weight: 600; } .end.c1 { fill: var(--said); } .end.c2 { fill: var(--sent); } .end.c3 { fill: var(--third); }
.eras { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--grid); }
.eras li { display: grid; grid-template-columns: 300px 1fr; gap: 8px 40px; padding: 20px 0; border-bottom: 1px solid var(--grid); }
.eras header { display: grid; grid-template-columns: 46px 1fr; align-content: start; align-items: baseline; }
.which { color: var(--sent); font-weight: 600; } .eras h3 { margin: 0; font-size: 23px; font-weight: 600; line-height: 1.2; font-variant-numeric: lining-nums; }
.where { position: relative; grid-column: 2; height: 4px; margin: 9px 0; border-radius: 2px; background: var(--grid); }
.where i { position: absolute; top: 0; height: 4px; border-radius: 2px; background: var(--sent); }
.who { grid-column: 2; margin: 0; color: var(--soft); font-size: 13px; line-height: 1.5; }
.cloud { margin: 0; line-height: 1.35; overflow-wrap: break-word; }
.cloud span { font-size: calc(16px + 20px * var(--w)); margin-right: .3em; color: color-mix(in oklab, var(--ink) calc(45% + 55% * var(--w)), var(--soft)); }
.heats { display: grid; gap: 40px; }
.heat { width: 100%; border-collapse: separate; border-spacing: 2px; table-layout: fixed; font-size: 14px; line-height: 1.3; }
.heat caption { padding-bottom: 6px; color: var(--soft); font-size: 14px; text-align: left; } 
.heat thead td, .heat tbody th { width: 168px; } .heat tbody th { padding-right: 8px; font-weight: 400; text-align: right; white-space: nowrap; }
.heat thead th { height: 20px; padding: 0; color: var(--soft); font-size: 12px; font-weight: 400; } .heat thead span { display: block; width: 0; white-space: nowrap; }
.heat tbody td { height: 22px; padding: 0; border-radius: 2px; background: color-mix(in oklab, var(--said) calc(var(--v) * 1%), var(--cell)); }
.heat.warm tbody td { background: color-mix(in oklab, var(--sent) calc(var(--v) * 1%), var(--cell)); }
.heat tbody td span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
details { margin-top: 20px; color: var(--soft); font-size: 14px; } summary { cursor: pointer; }
.scroll { overflow-x: auto; } .numbers { margin-top: 10px; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--grid); text-align: right; white-space: nowrap; font-weight: 400; }
.numbers th:first-child { text-align: left; color: var(--ink); }
footer { margin-top: 72px; padding-top: 18px; border-top: 2px solid var(--ink); color: var(--soft); font-size: 14px; } footer p { max-width: 54em; }
code { font: .92em ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
@media (max-width: 760px) {
  main { padding: 34px 16px 28px; }
  .deck { font-size: 18px; } section { margin-top: 52px; } h2 { font-size: 26px; }
  .figures { grid-template-columns: repeat(2, 1fr); gap: 18px 20px; } .figures dd { font-size: 27px; }
  .chart.wide { display: none; } .chart.narrow { display: block; }
  .smalls { grid-template-columns: repeat(2, 1fr); gap: 22px 14px; align-items: end; } .panel text { font-size: 19px; }
  figcaption { line-height: 1.3; } figcaption b { display: block; }
  .eras li { grid-template-columns: 1fr; gap: 12px; } .cloud span { font-size: calc(15px + 12px * var(--w)); }
  .heat { font-size: 11px; border-spacing: 1px; } .heat thead td, .heat tbody th { width: 92px; } .heat tbody th { padding-right: 5px; overflow: hidden; text-overflow: ellipsis; }
  .heat tbody td { height: 17px; }
}
@media print { .chart.wide { display: block; } .chart.narrow { display: none; } details { display: none; } }
`;
