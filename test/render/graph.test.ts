// Pictures of the pipeline: what they say, and that Graphviz draws them.
import { instance } from '@viz-js/viz';
import { expect, test } from 'vitest';
import type { GraphDrawing } from '../../src/model/words/drawing.ts';
import { graphDot } from '../../src/render/graph-dot.ts';
import { graphJson } from '../../src/render/graph-json.ts';
import { graphMermaid } from '../../src/render/graph-mermaid.ts';

const small: GraphDrawing = {
  pipeline: 'retrospective',
  stages: [
    { name: 'extraction', description: 'Reads records', status: 'fresh', command: 'node extract.mjs' },
    { name: 'enrichment', description: null, status: 'stale' },
    { name: 'reporting', description: null, status: 'unknown' },
  ],
  edges: [
    { from: 'extraction', to: 'enrichment', kind: 'after', via: [] },
    { from: 'extraction', to: 'enrichment', kind: 'file', via: ['b.json'] },
    { from: 'extraction', to: 'enrichment', kind: 'file', via: ['a.json', 'b.json'] },
    { from: 'enrichment', to: 'reporting', kind: 'after', via: [] },
  ],
};

const withFiles: GraphDrawing = {
  ...small,
  files: [
    { path: 'b.json', producers: ['extraction'], consumers: ['enrichment'] },
    { path: 'in/*.txt', producers: [], consumers: ['extraction'] },
  ],
};

const nasty = 'say "hi" <b>&amp; \\N\nnew {line} | 😀 `x` #1;';
const odd: GraphDrawing = {
  pipeline: nasty,
  stages: [
    { name: 'end', description: nasty, command: nasty },
    { name: nasty, description: null },
    { name: 'stage1', description: null },
    { name: 'default', description: null },
  ],
  edges: [{ from: 'end', to: nasty, kind: 'file', via: [nasty] }],
  files: [{ path: nasty, producers: [nasty], consumers: ['end', 'default'] }],
};

interface DrawnGraph {
  readonly objects: readonly { readonly name: string; readonly _gvid: number }[];
  readonly edges: readonly { readonly tail: number; readonly head: number; readonly style?: string }[];
}

/** What Graphviz understands of a drawing: nodes, and edges by name. */
async function drawn(drawing: GraphDrawing): Promise<{ nodes: string[]; edges: string[] }> {
  const result = (await instance()).render(graphDot(drawing), { format: 'json' });
  expect(result.errors).toEqual([]);
  const graph = JSON.parse(result.output ?? '{}') as DrawnGraph;
  const names = new Map(graph.objects.map((node) => [node._gvid, node.name]));
  return {
    nodes: [...names.values()],
    edges: graph.edges.map(
      (edge) =>
        `${names.get(edge.tail)} -> ${names.get(edge.head)}${edge.style === 'dashed' ? ' (after)' : ''}`,
    ),
  };
}

test('node ids are stage names, edges run from producer to consumer, once for each pair', async () => {
  expect(await drawn(small)).toEqual({
    nodes: ['extraction', 'enrichment', 'reporting'],
    edges: ['extraction -> enrichment', 'enrichment -> reporting (after)'].sort(),
  });
});

test('with files, they stand between the stages in place of the direct edge', async () => {
  const { nodes, edges } = await drawn(withFiles);
  expect(nodes).toEqual(['extraction', 'enrichment', 'reporting', 'file:b.json', 'file:in/*.txt']);
  expect(edges).toEqual([
    'enrichment -> reporting (after)',
    'extraction -> file:b.json',
    'file:b.json -> enrichment',
    'file:in/*.txt -> extraction',
  ]);
});

test('names and paths with quotes, markup, newlines, escapes and emoji are drawn as they are', async () => {
  const { output, errors } = (await instance()).render(graphDot(odd), { format: 'svg' });
  // Graphviz without fonts has to guess how wide an emoji is, and says so.
  expect(errors.filter((problem) => problem.level !== 'warning')).toEqual([]);
  // Name, description and file; Graphviz would have put the node's name for an unescaped \N.
  expect(output?.match(/<text[^>]*>say &quot;hi&quot; &lt;b&gt;&amp;amp; \\N/g)?.length).toBe(3);
  expect(output).toContain('new {line} | 😀 `x` #1;');
});

test('sixty stages are drawn', async () => {
  const stages = Array.from({ length: 60 }, (_, i) => ({ name: `stage-${i}`, description: `Number ${i}` }));
  const edges = stages.slice(1).map((stage, i) => ({
    from: `stage-${Math.floor(i / 2)}`,
    to: stage.name,
    kind: 'file' as const,
    via: [],
  }));
  expect((await drawn({ pipeline: 'sixty', stages, edges })).edges).toHaveLength(59);
});

test('Mermaid gets names where it can take them, and escaped text', () => {
  expect(graphMermaid(withFiles).split('\n')).toEqual([
    'flowchart LR',
    '  extraction("extraction<br/><small>Reads records</small><br/><small>fresh</small>"):::fresh',
    '  enrichment("enrichment<br/><small>stale</small>"):::stale',
    '  reporting("reporting<br/><small>unknown</small>"):::unknown',
    '  file_1[/"b.json"/]:::file',
    '  file_2[/"in/*.txt"/]:::file',
    '  enrichment -.-> reporting',
    '  extraction --- file_1',
    '  file_1 --> enrichment',
    '  file_2 --> extraction',
    '  classDef fresh fill:#eaf6ee,stroke:#5b9e75,color:#1f2937',
    '  classDef stale fill:#fdf4df,stroke:#c9973a,color:#1f2937',
    '  classDef unknown fill:#f4f4f4,stroke:#9a9a9a,color:#1f2937',
    '  classDef file fill:#ffffff,stroke:#8a99ad,color:#1f2937',
    '',
  ]);
});

test('Mermaid gets other ids for its own words and for odd names, and none twice', () => {
  const lines = graphMermaid(odd).split('\n');
  const text = 'say #quot;hi#quot; #lt;b#gt;#amp;amp; \\N<br/>new {line} | 😀 #96;x#96; #35;1;';
  expect(lines.slice(1, 5)).toEqual([
    `  stage2("end<br/><small>${text}</small>"):::plain`,
    `  stage3("${text}"):::plain`,
    '  stage1("stage1"):::plain',
    '  stage4("default"):::plain',
  ]);
  expect(lines).toContain('  stage2 --> stage3');
});

test('of a stage that works in batches it is told how large they are', () => {
  const batched = { ...small, stages: [{ name: 'speak', description: null, batch: 50 }], edges: [] };
  expect(graphMermaid(batched)).toContain('speak("speak<br/><small>in batches of 50</small>")');
  expect(graphDot(batched)).toContain('>in batches of 50</font>');
});

test('JSON has each pair of stages once, with all patterns between them', () => {
  expect(JSON.parse(graphJson(small))).toEqual({
    v: 1,
    pipeline: 'retrospective',
    stages: small.stages,
    edges: [
      { from: 'enrichment', to: 'reporting', kind: 'after', via: [] },
      { from: 'extraction', to: 'enrichment', kind: 'file', via: ['a.json', 'b.json'] },
    ],
  });
});
