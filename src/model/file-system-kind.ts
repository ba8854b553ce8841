// The kinds of file systems by the numbers that Linux gives them (statfs(2), linux/magic.h).

export interface FileSystemKind {
  readonly name: string;
  /** Other machines may have it open too: their clocks and processes are out of sight. */
  readonly shared: boolean;
  /** A folder keeps its inode number for as long as it exists: elsewhere it may be made up anew, while somebody has the folder open. */
  readonly keepsNumbers: boolean;
}

const local: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext'],
  [0x58465342, 'XFS'],
  [0x9123683e, 'Btrfs'],
  [0x2fc12fc1, 'ZFS'],
  [0xf2f52010, 'F2FS'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x4d44, 'FAT'],
  [0x2011bab0, 'exFAT'],
  [0x5346544e, 'NTFS'],
]);

const keepingNumbers: ReadonlySet<string> = new Set(['ext', 'XFS', 'Btrfs', 'ZFS', 'F2FS', 'tmpfs']);

const shared: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  // Windows folders under WSL, and folders that a virtual machine has from its host.
  [0x01021997, '9P'],
  [0x786f4256, 'vboxsf'],
  // Mostly sshfs and its like.
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/** `type`: as `statfs` gives it on Linux. `null`: of no kind that is known here. */
export function fileSystemNamed(type: number): FileSystemKind | null {
  // A 32-bit number, which some machines extend as if it had a sign.
  const number = type >>> 0;
  const near = local.get(number);
  if (near !== undefined) return { name: near, shared: false, keepsNumbers: keepingNumbers.has(near) };
  const far = shared.get(number);
  return far === undefined ? null : { name: far, shared: true, keepsNumbers: false };
}
