// The real adapters keep the contracts of their ports.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { walk } from '../../src/files/walk.ts';
import { WorkspaceFiles } from '../../src/files/workspace-files.ts';
import { WorkspaceLock } from '../../src/lock/workspace-lock.ts';
import { FolderActions } from '../../src/store/actions.ts';
import { FolderBlobs } from '../../src/store/blobs.ts';
import { open } from '../store/samples.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { cacheConforms } from './cache.ts';
import { filesConform } from './files.ts';
import { lockConforms } from './lock.ts';
import { recordsConform } from './records.ts';

filesConform('workspace files', () => {
  const folder = temporaryFolder();
  const [root, state] = [path.join(folder, 'root'), path.join(folder, 'state')];
  fs.mkdirSync(root);
  fs.mkdirSync(state);
  const { stamps: memory } = open(state);
  const at = (file: string) => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    return path.join(root, file);
  };
  return {
    write: (file, content, executable = false) => {
      fs.writeFileSync(at(file), content);
      fs.chmodSync(at(file), executable ? 0o755 : 0o644);
    },
    link: (file, target) => fs.symlinkSync(target, at(file)),
    folder: (file) => fs.mkdirSync(at(file), { recursive: true }),
    pipe: (file) => execFileSync('mkfifo', [at(file)]),
    remove: (file) => fs.rmSync(at(file), { recursive: true }),
    rename: (from, to) => fs.renameSync(at(from), at(to)),
    open: () => new WorkspaceFiles({ walk, root, memory, probeFolder: state }),
  };
});

recordsConform('state records', () => {
  const folder = temporaryFolder();
  return () => open(folder).records;
});

lockConforms('workspace lock', () => {
  const state = temporaryFolder();
  const onTrouble = (message: string): never => {
    throw new Error(message);
  };
  return () => new WorkspaceLock({ state, onTrouble });
});

cacheConforms('folder cache', () => {
  const folder = temporaryFolder();
  return {
    actions: new FolderActions(path.join(folder, 'state')),
    blobs: new FolderBlobs(path.join(folder, 'state')),
    write: (name, content) => {
      fs.writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    },
    read: (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null),
    spoil: (file, how) => {
      const { size } = fs.statSync(file);
      fs.rmSync(file);
      if (how === 'other bytes') fs.writeFileSync(file, 'x'.repeat(size));
    },
  };
});
