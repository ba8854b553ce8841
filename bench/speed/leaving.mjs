// What is to be put right whenever the script ends, also by Ctrl-C: programs at work, folders that were made.

const acts = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const act of [...acts].reverse()) act();
    process.exit(130);
  });
}

/** Answers what does it before the end, or, with `false`, takes it back. */
export function beforeLeaving(act) {
  acts.add(act);
  return (isToBeDone = true) => {
    if (acts.delete(act) && isToBeDone) act();
  };
}
