// The pipeline as a Mermaid flowchart, for Markdown pages.

import {
  type DrawnEdge,
  type DrawnFile,
  type DrawnStage,
  type DrawnStatus,
  directEdges,
  distinctEdges,
  type GraphDrawing,
} from '../model/words/drawing.ts';
import { edgeColour, stageColours, textColour } from './graph-colours.ts';

// Mermaid takes these for its own language, in any case.
const reserved = new Set(
  'call class classdef click default direction end flowchart graph href interpolate linkstyle o style subgraph x'.split(
    ' ',
  ),
);

/** Ids are stage names where Mermaid allows that, else `stage1`, `stage2` …. Ends with a line's end. */
export function graphMermaid(drawing: GraphDrawing): string {
  const files = [...(drawing.files ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
  const edges = drawing.files === undefined ? distinctEdges(drawing.edges) : directEdges(drawing);
  const ids = idsOf(drawing.stages.map((stage) => stage.name));
  const idOf = (stage: string): string => ids.get(stage) ?? stage;
  const statuses = [...new Set(drawing.stages.map((stage) => stage.status ?? 'plain'))].sort();
  const lines = [
    'flowchart LR',
    ...drawing.stages.map((stage) => `  ${stageNode(stage, idOf(stage.name))}`),
    ...files.map((file, i) => `  file_${i + 1}[/"${text(file.path)}"/]:::file`),
    ...edges.map((edge) => `  ${idOf(edge.from)} ${arrow(edge)} ${idOf(edge.to)}`),
    ...files.flatMap((file, i) => fileEdges(file, `file_${i + 1}`, idOf)),
    ...statuses.map((status) => `  ${classLine(status)}`),
    ...(files.length > 0 ? [`  classDef file fill:#ffffff,stroke:${edgeColour},color:${textColour}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function stageNode(stage: DrawnStage, id: string): string {
  const label = [
    text(stage.name),
    ...(stage.description === null ? [] : [`<small>${text(stage.description)}</small>`]),
    ...(stage.batch === undefined ? [] : [`<small>in batches of ${stage.batch}</small>`]),
    ...(stage.status === undefined ? [] : [`<small>${stage.status}</small>`]),
  ].join('<br/>');
  return `${id}("${label}"):::${stage.status ?? 'plain'}`;
}

function arrow(edge: DrawnEdge): string {
  return edge.kind === 'after' ? '-.->' : '-->';
}

function fileEdges(file: DrawnFile, id: string, idOf: (stage: string) => string): readonly string[] {
  return [
    ...[...new Set(file.producers)].sort().map((stage) => `  ${idOf(stage)} --- ${id}`),
    ...[...new Set(file.consumers)].sort().map((stage) => `  ${id} --> ${idOf(stage)}`),
  ];
}

function classLine(status: DrawnStatus | 'plain'): string {
  const { fill, border } = stageColours[status];
  return `classDef ${status} fill:${fill},stroke:${border},color:${textColour}`;
}

function idsOf(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names);
  let next = 1;
  const fresh = (): string => {
    while (taken.has(`stage${next}`)) next++;
    return `stage${next++}`;
  };
  return new Map(names.map((name) => [name, isPlainId(name) ? name : fresh()]));
}

function isPlainId(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !reserved.has(name.toLowerCase()) && !/^file_\d/.test(name);
}

/** Inside quotes Mermaid reads HTML and its own entities, `#quot;`. */
function text(raw: string): string {
  const entities: Readonly<Record<string, string>> = {
    '#': '#35;',
    '&': '#amp;',
    '<': '#lt;',
    '>': '#gt;',
    '"': '#quot;',
    '`': '#96;',
  };
  return raw
    .replaceAll(/[#&<>"`]/g, (sign) => entities[sign]!)
    .replaceAll(/\r\n?|\n/g, '<br/>')
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ');
}
