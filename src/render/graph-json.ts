// The pipeline as JSON, for programs.

import { distinctEdges, type GraphDrawing } from '../model/words/drawing.ts';

/** `{ v, pipeline, stages, edges, files? }`. Ends with a line's end. */
export function graphJson(drawing: GraphDrawing): string {
  const { pipeline, stages, edges, files } = drawing;
  return `${JSON.stringify({ v: 1, pipeline, stages, edges: distinctEdges(edges), files }, null, 2)}\n`;
}
