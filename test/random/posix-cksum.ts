// The checksum and size that the standard command `cksum` prints of a file.
// The CRC of POSIX is not that of zip: it takes bits from the top, and the length as well.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** `<checksum> <bytes>`. */
export function posixCksum(text: string): string {
  const bytes = Buffer.from(text);
  let crc = 0;
  const take = (byte: number) => {
    crc = ((crc << 8) ^ table[((crc >>> 24) ^ byte) & 0xff]!) >>> 0;
  };
  for (const byte of bytes) take(byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) take(length & 0xff);
  return `${~crc >>> 0} ${bytes.length}`;
}
