// The shell line of a stage whose items share a process: it makes one after the other, and says what has become of each.
import { held } from '../work.ts';
import { askingIf, type Labour } from './labour.ts';

/** An item that has a c is only made, and nothing is said of it. It waits at the gate when the first has been made. */
export function batchLineOf({ forEach, produces, salt, letters, usesParam, service }: Labour): string {
  const document = forEach?.kind === 'records' ? forEach.document : null;
  const ofRecord =
    document === null ? '' : `sed -n 's/.*"key":"'"$item"'","text":"\\(.\\).*/\\1/p' ${document}; `;
  const sumOfRecord = document === null ? '' : `grep '"key":"'"$item"'"' ${document} | cksum; `;
  const head = `echo s${salt} ""${usesParam ? ' {params.s}' : ''}`;
  const body = letters ? 'letters "$@"' : `${sumOfRecord}cksum "$@"`;
  const [output, ...others] = produces;
  const made = [
    `{ ${head}; ${body}; }${output === undefined ? '' : ' > "$(named produces | sed -n 1p)"'}`,
    ...others.map((_, i) => `letters "$@" > "$(named produces | sed -n ${i + 2}p)"`),
  ];
  return [
    ...askingIf(service),
    `say() { echo '{"item":"'"$item"'",'"$1"'}' >> "$PIPE_OUTPUT"; }`,
    `letters() { ${ofRecord}cut -c1 "$@"; }`,
    `named() { printf '%s\\n' "$line" | sed 's/.*"'$1'":\\[\\([^]]*\\)\\].*/\\1/; s/^"//; s/"$//; s/","/\\n/g'; }`,
    `read_item() { item=$(printf '%s\\n' "$line" | sed 's/^{"item":"\\([^"]*\\)".*/\\1/'); }`,
    'while IFS= read -r line; do read_item; say \'"metric":{"usd":1}\'; done < "$PIPE_ITEMS"',
    `make() { if letters "$@" | grep -q k; then exit 1; fi; ${[
      'if letters "$@" | grep -q f; then return 1; fi',
      'if test "$PIPE_ATTEMPT" -lt 2 && letters "$@" | grep -q r; then return 1; fi',
      'if test "$PIPE_ATTEMPT" -lt 3 && letters "$@" | grep -q t; then return 1; fi',
      ...made,
    ].join('; ')}; }`,
    `one() { if make "$@"; then if ! letters "$@" | grep -q c; then say '"done":true'; fi; else say '"failed":"a letter"'; fi; }`,
    'begun=',
    `while IFS= read -r line; do read_item; IFS='\n'; set -f; set -- $(named requires); unset IFS; one "$@"; if test -z "$begun"; then begun=1; ${held('begin')}; fi; done < "$PIPE_ITEMS"`,
  ].join('; ');
}
