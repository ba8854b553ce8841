// WAV files of 16 bits: tracks of samples from -1 to 1, one for each channel.
import { readFileSync, writeFileSync } from 'node:fs';

const headerBytes = 44;
const full = 32767;

export function writeWav(file, { tracks, rateHz }) {
  const [channels, length] = [tracks.length, tracks[0].length];
  const data = channels * length * 2;
  const bytes = Buffer.alloc(headerBytes + data);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(headerBytes - 8 + data, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(rateHz * channels * 2, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(data, 40);
  for (let i = 0, at = headerBytes; i < length; i++)
    for (const track of tracks)
      at = bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, track[i])) * full), at);
  writeFileSync(file, bytes);
}

export function readWav(file) {
  const bytes = readFileSync(file);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error(`${file} is no WAV file`);
  let form = null;
  // Other programs put chunks of their own between these two; each begins at an even place.
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [name, size] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
    if (name === 'fmt ') form = formOf(bytes.subarray(at + 8), file);
    // What writes into a pipe cannot know the size beforehand, and names one that is too large.
    if (name === 'data' && form !== null)
      return { ...form, tracks: tracksOf(bytes.subarray(at + 8, at + 8 + size), form) };
    at += 8 + size + (size % 2);
  }
  throw new Error(`${file} holds no sound`);
}

function formOf(chunk, file) {
  if (chunk.readUInt16LE(14) !== 16) throw new Error(`${file} is not of 16 bits`);
  return { channels: chunk.readUInt16LE(2), rateHz: chunk.readUInt32LE(4) };
}

function tracksOf(data, { channels }) {
  const length = Math.floor(data.length / 2 / channels);
  const tracks = Array.from({ length: channels }, () => new Float32Array(length));
  for (let i = 0; i < length; i++)
    for (let channel = 0; channel < channels; channel++)
      tracks[channel][i] = data.readInt16LE((i * channels + channel) * 2) / full;
  return tracks;
}
