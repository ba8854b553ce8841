// The pipeline as a picture in the language of Graphviz.

import {
  type DrawnEdge,
  type DrawnFile,
  type DrawnStage,
  directEdges,
  distinctEdges,
  type GraphDrawing,
} from '../model/words/drawing.ts';
import { wrapWords } from './fit.ts';
import { edgeColour, quietColour, stageColours, textColour } from './graph-colours.ts';

// One font and no list: those builds of Graphviz that have no fonts know its measures, but not those of a list.
const font = 'Arial';
const descriptionColumns = 30;

/** Node ids are stage names, exactly; edges run from producer to consumer. Ends with a line's end. */
export function graphDot(drawing: GraphDrawing): string {
  const files = [...(drawing.files ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
  const edges = drawing.files === undefined ? distinctEdges(drawing.edges) : directEdges(drawing);
  const lines = [
    `digraph ${quoted(drawing.pipeline)} {`,
    `  graph [rankdir=LR, bgcolor=white, pad=0.3, nodesep=0.35, ranksep=0.6, fontname=${font}];`,
    `  node [shape=box, style="rounded,filled", penwidth=1.2, margin="0.16,0.1", height=0.4, fontname=${font}, fontsize=13, fontcolor="${textColour}"];`,
    `  edge [color="${edgeColour}", penwidth=1.2, arrowsize=0.7, fontname=${font}, fontsize=10];`,
    '',
    ...drawing.stages.map(stageNode),
    ...files.map(fileNode),
    '',
    ...edges.map(edgeLine),
    ...files.flatMap(fileEdges),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function stageNode(stage: DrawnStage): string {
  const { fill, border, word } = stageColours[stage.status ?? 'plain'];
  const small = (text: string) => `<font point-size="10" color="${quietColour}">${text}</font>`;
  const label = [
    `<b>${markup(stage.name)}</b>`,
    ...(stage.description === null
      ? []
      : wrapWords(oneLine(stage.description), descriptionColumns).map((line) => small(markup(line)))),
    ...(stage.batch === undefined ? [] : [small(`in batches of ${stage.batch}`)]),
    ...(stage.status === undefined ? [] : [`<font point-size="10" color="${word}">${stage.status}</font>`]),
  ].join('<br/>');
  const attributes = [
    `label=<${label}>`,
    `fillcolor="${fill}"`,
    `color="${border}"`,
    `tooltip=${quotedText(stage.command ?? stage.name)}`,
    ...(stage.status === 'unknown' ? ['style="rounded,filled,dashed"'] : []),
  ];
  return `  ${quoted(stage.name)} [${attributes.join(', ')}];`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function fileNode(file: DrawnFile): string {
  const outside = file.producers.length === 0;
  const colour = outside ? quietColour : edgeColour;
  return `  ${quoted(fileId(file))} [label=${quotedText(file.path)}, shape=note, style=filled, fillcolor=white, color="${colour}", penwidth=0.8, fontsize=10, fontcolor="${quietColour}", margin="0.1,0.05", height=0.3];`;
}

/** Stage names hold no colon, so the two kinds of nodes cannot meet. */
function fileId(file: DrawnFile): string {
  return `file:${file.path}`;
}

function edgeLine(edge: DrawnEdge): string {
  const attributes =
    edge.kind === 'after'
      ? 'style=dashed, tooltip="after"'
      : `tooltip=${quotedText(edge.via.length === 0 ? `${edge.from} to ${edge.to}` : edge.via.join('\n'))}`;
  return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [${attributes}];`;
}

function fileEdges(file: DrawnFile): readonly string[] {
  const id = quoted(fileId(file));
  return [
    ...[...new Set(file.producers)].sort().map((stage) => `  ${quoted(stage)} -> ${id} [arrowhead=none];`),
    ...[...new Set(file.consumers)].sort().map((stage) => `  ${id} -> ${quoted(stage)};`),
  ];
}

/** An id: in quotes only the quote itself needs an escape, and a backslash that would hide the closing one. */
function quoted(id: string): string {
  return `"${id.replaceAll('\0', '').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Text for people, where Graphviz reads its own escapes and HTML entities. */
function quotedText(text: string): string {
  return quoted(withoutControls(text).replaceAll('&', '&amp;')).replaceAll('\n', '\\n');
}

function markup(text: string): string {
  return (
    withoutControls(text)
      .replaceAll('&', '&amp;')
      // Even here Graphviz reads `\N` as the node's name; a doubled backslash stands for itself.
      .replaceAll('\\', '\\\\')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\n', '<br/>')
  );
}

function withoutControls(text: string): string {
  return text.replaceAll(/\r\n?/gu, '\n').replaceAll(/(?!\n)[\p{Cc}\p{Cs}]/gu, ' ');
}
