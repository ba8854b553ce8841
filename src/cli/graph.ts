// `pipe graph`: the picture of the selected stages, as DOT, Mermaid or JSON.
import type { GraphDrawing } from '../model/words/drawing.ts';
import { graphDot } from '../render/graph-dot.ts';
import { graphJson } from '../render/graph-json.ts';
import { graphMermaid } from '../render/graph-mermaid.ts';
import { createWriter } from '../render/writer.ts';
import { draw, statusesOf } from './draw.ts';
import { type Flags, isSet, selectionOf, text } from './flags.ts';
import { toldData } from './hidden-secrets.ts';
import { planOf } from './looking.ts';
import { standardOutput, standardOutputForJson } from './standard-streams.ts';
import { openWorkspace, selectStages } from './workspace.ts';

const languages: Readonly<Record<string, (drawing: GraphDrawing) => string>> = {
  dot: graphDot,
  mermaid: graphMermaid,
  json: graphJson,
};

export async function graph(targets: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags, { writes: false });
  const selection = selectStages(workspace, selectionOf(targets, flags));
  const drawing = draw(workspace.graph, {
    pipeline: workspace.told,
    names: selection.names,
    files: isSet(flags, 'files'),
    statuses: isSet(flags, 'status') ? statusesOf(await planOf(workspace, selection, flags)) : null,
  });
  const language = isSet(flags, 'json') ? 'json' : (text(flags, 'format') ?? 'dot');
  const out = language === 'json' ? standardOutputForJson() : standardOutput();
  createWriter(out).write(languages[language]!(toldData(drawing)));
  return 0;
}
