// The fakes keep the contracts that the real adapters keep: else what is tested over them says nothing.
import { FakeActions, FakeBlobs } from '../rig/fake-cache.ts';
import { FakeDisk } from '../rig/fake-disk.ts';
import { FakeFiles, type FakeStampMemory } from '../rig/fake-files.ts';
import { FakeLock, LockPlace } from '../rig/fake-lock.ts';
import { FakeRecords, RecordShelf } from '../rig/fake-records.ts';
import { cacheConforms } from './cache.ts';
import { filesConform } from './files.ts';
import { lockConforms } from './lock.ts';
import { recordsConform } from './records.ts';

filesConform('fake files', () => {
  const disk = new FakeDisk('/w');
  const memory: FakeStampMemory = new Map();
  return {
    write: (path, content, executable) => disk.write(path, content, executable),
    link: (path, target) => disk.link(path, target),
    folder: (path) => disk.folder(path),
    pipe: (path) => disk.other(path),
    remove: (path) => disk.remove(path),
    rename: (from, to) => disk.move(from, to),
    open: () => new FakeFiles(disk, memory),
  };
});

recordsConform('fake records', () => {
  const shelf = new RecordShelf();
  return () => new FakeRecords(shelf);
});

lockConforms('fake lock', () => {
  const place = new LockPlace();
  let pid = 1;
  return () => new FakeLock(place, pid++);
});

cacheConforms('fake cache', () => {
  const disk = new FakeDisk('/w');
  return {
    actions: new FakeActions(),
    blobs: new FakeBlobs(disk, '/state/cas'),
    write: (name, content) => {
      disk.write(`/w/${name}`, content);
      return `/w/${name}`;
    },
    read: (path) => disk.text(path),
    spoil: (path, how) =>
      how === 'gone' ? disk.remove(path) : disk.write(path, 'x'.repeat(disk.text(path)!.length)),
  };
});
