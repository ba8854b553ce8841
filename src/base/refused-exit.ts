// While code of somebody else's runs in this process, its calls that would end the process are told of instead of obeyed.

/** What such a call throws, so that the code behind it does not run. */
export class ExitCall extends Error {}

/** `onCall` may be told of several: the code can catch what is thrown. Answers what puts everything back. */
export function refuseExit(onCall: (call: string) => void): () => void {
  const ways = process as NodeJS.Process & { reallyExit: (code?: number) => never };
  const { exit, abort, reallyExit } = ways;
  const refuse = (call: string): never => {
    onCall(call);
    throw new ExitCall(call);
  };
  ways.exit = (code) => refuse(`process.exit(${code ?? ''})`);
  ways.abort = () => refuse('process.abort()');
  ways.reallyExit = (code) => refuse(`process.reallyExit(${code ?? ''})`);
  return () => {
    Object.assign(ways, { exit, abort, reallyExit });
  };
}
