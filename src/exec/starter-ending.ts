// How the starter ends what it has started when the engine is gone: the end of its program (starter-program.ts), whose
// variables it goes on with.

import type { Periods } from './periods.ts';

/** Whole seconds, as its clock has no others. */
export type EndingPeriods = Pick<Periods, 'terminateMs' | 'abandonMs'>;

/**
 * TERM, and after a while KILL, to all groups that were not let go and to those that went out of them: who does so is
 * told by the environment. What is printed meanwhile is read and dropped, so that none of them is ended by that, or
 * stopped, while it cleans up.
 *
 * Where the starter is killed as well, the next engine ends them (left-behind.ts).
 */
export function starterEnding({ terminateMs, abandonMs }: EndingPeriods): string {
  return String.raw`
my (%isOurs, $isOver);
my @pipes = map values %$_, values %open;

sub content {
  open my $file, '<', $_[0] or return '';
  local $/;
  return scalar <$file>;
}

# Once its leader is gone, a group's number alone proves nothing: it may be another group's by now. A member that bears
# the marks proves it, and so it is until it is empty: it is looked at many times a second.
sub survivors {
  my (%isThere, @outside);
  $isOurs{$_} = 1 for keys %numberOf;
  opendir my $processes, '/proc' or return map -$_, keys %numberOf;
  for my $process (grep /^\d+$/, readdir $processes) {
    my ($state, $group) = content("/proc/$process/stat") =~ /.*\) (\S) \S+ (\S+)/s or next;
    next if $state =~ /[ZX]/;
    $isThere{$group} = 1;
    my %has = map { $_ => 1 } split /\0/, content("/proc/$process/environ");
    for (values %groupOf) {
      my ($leader, @marks) = @$_;
      next if !@marks || grep !$has{$_}, @marks;
      if ($group == $leader) { $isOurs{$leader} = 1 } else { push @outside, $process }
    }
  }
  delete @isOurs{grep !$isThere{$_}, keys %isOurs};
  # First those outside: that the group ends would be the sign for their parents to start them anew.
  return (@outside, map -$_, keys %isOurs);
}

$SIG{ALRM} = sub {
  exit 0 if $isOver;
  $isOver = 1;
  alarm ${inSeconds(abandonMs)};
};
alarm ${inSeconds(terminateMs)};
my @told = survivors();
# One that is stopped would not hear of it.
kill $_, @told for 'TERM', 'CONT';
while (my @left = survivors()) {
  kill 'KILL', @left if $isOver;
  my $wanted = '';
  vec($wanted, fileno $_, 1) = 1 for $childEnded, @pipes;
  next if select(my $ready = $wanted, undef, undef, 0.05) < 0;
  sysread $childEnded, my $dots, 4096 if vec $ready, fileno $childEnded, 1;
  # At its end a pipe would be ready for ever.
  @pipes = grep { !vec($ready, fileno $_, 1) || sysread $_, my $bytes, 65536 } @pipes;
  while ((my $process = waitpid -1, 1) > 0) { delete $numberOf{$process} }
}
`;
}

function inSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
