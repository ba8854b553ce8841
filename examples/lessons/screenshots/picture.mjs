// Draws a text as one sees it from afar: a bar for each line, dark for headings. The same text is the same PNG.
import { crc32, deflateSync } from 'node:zlib';

const width = 160;
const lineHeight = 8;
const margin = 8;
const paper = 255;

export function pictureOf(text) {
  const lines = text.split('\n');
  const height = 2 * margin + lines.length * lineHeight;
  const rows = Array.from({ length: height }, () => Buffer.alloc(width, paper));
  for (const [i, line] of lines.entries()) {
    const grey = line.startsWith('#') ? 40 : 150;
    const end = Math.min(width - margin, margin + line.length * 2);
    for (let y = 0; y < lineHeight - 3; y++)
      if (end > margin) rows[margin + i * lineHeight + y].fill(grey, margin, end);
  }
  return png(rows);
}

/** Eight bits of grey for each point: https://www.w3.org/TR/png-3 */
function png(rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header[8] = 8;
  // In front of each row: not filtered.
  const points = Buffer.concat(rows.flatMap((row) => [Buffer.from([0]), row]));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(points)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
