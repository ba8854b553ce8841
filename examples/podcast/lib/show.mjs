// The show as everybody knows it who works on its sound and its looks.
import { giveUp } from './output.mjs';
import { checked, listOf, must, number, record, text, whole } from './shape.mjs';

// The model answers with lines such as "Ada: …", and is told the names with commas between.
const name = must('be a name without comma and colon', (value) => /^[^,:\n]*[^,:\s][^,:\n]*$/.test(value));

/** Whoever imports this has ended, with a line for each mistake, unless the show is as it should be. */
export const show = checked(
  'show.json',
  record({
    title: text,
    audience: text,
    style: text,
    hosts: listOf(record({ name, pitchHz: number(20, 2000), espeakVoice: text })),
    rateHz: whole(8000, 48000),
    loudnessDbfs: number(-60, 0),
    pauseSeconds: number(0, 10),
  }),
);

const names = show.hosts.map((host) => host.name);
const twice = names.findIndex((one, i) => names.indexOf(one) !== i);
if (twice !== -1) giveUp(`show.json#/hosts/${twice}/name: another host is called ${names[twice]}`);
