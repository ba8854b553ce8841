// Whether anything is left of a process group.

import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process of the group still lives. Dead ones that nobody has collected do not count. */
export function isGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || hasLivingMember(groupId);
}

/** In a container whose first process collects nobody, orphans stay in the process table for good. */
function hasLivingMember(groupId: number): boolean {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.length === 0 || ids.some((id) => isLivingMember(id, groupId));
}

function isLivingMember(id: string, groupId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    // The name in parentheses may hold anything; state, parent and group follow it.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === groupId && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
