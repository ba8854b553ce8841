// The program of the process that starts commands: in Perl, because that is small and nearly everywhere.
// It copies itself for each command, which takes a fifth of what it takes Node, whose memory is large.

import { markNames } from './process-table.ts';

/** So long is not told that a process is there, unless there is something else to tell. */
const waitsForCompanySeconds = 0.01;

/** A frame is the length of the rest (4 bytes, big-endian, as all numbers), a letter, the command's number, and more. */
export const frameHead = { lengthBytes: 4, letterBytes: 1, numberBytes: 4 } as const;

/** As it shows among the processes. `engine`: the number of the one that it serves. */
export function starterTitle(engine: number | string): string {
  return `pipe: starts commands of ${engine}`;
}

/**
 * It hears of
 *
 * - `S`: start. Fields that end with a zero byte: the folder; how many words, and these; how many variables are
 *   set, and their names and values; and the names of those that are gone. Variables are those of the command before but
 *   for these.
 * - `H`, `G`: hold back, go on reading what it prints to the descriptor that follows as a digit.
 * - `W`: watch over a group that was started elsewhere. Fields as above: its number, and its marks.
 * - `L`: let go: nobody wants what it prints any more, and its group is gone or given up.
 *
 * and tells of
 *
 * - `R`: it is ready.
 * - `P`: the process is there; its number.
 * - `F`: it could not be started; the system's error number.
 * - `1`, `2`: what it printed on that descriptor.
 * - `E`: it has ended; status as of `wait`, whether its group is empty, and whether nothing more will be printed, as three
 *   numbers.
 * - `C`: nothing more will be printed, where that was not so when it ended.
 *
 * What it has to tell goes in one piece, as each piece wakes the one that it serves. That a process is there may wait a
 * moment for company: short commands are over by then.
 *
 * Every command leads a process group of its own, and signals have their usual effect in all of them.
 *
 * When the one that it serves is gone, it does not go before it has ended what was not let go, by the program that is
 * its argument: see starter-ending.ts.
 */
export const starterProgram = String.raw`
%ENV = ();
my $engine = getppid;
$0 = "${starterTitle('$engine')}";
my $in = '';
my ($out, $isUrgent) = ('', 0);
my (%numberOf, %groupOf, %running, %reading, %open, %error);
pipe(my $childEnded, my $childEnds) or exit 1;
pipe(my $failed, my $fails) or exit 1;
$SIG{CHLD} = sub { syswrite $childEnds, '.' };
# Not ignored: that is what commands would inherit.
$SIG{PIPE} = sub {};

sub report {
  $out .= pack('N', length $_[0]) . $_[0];
  $isUrgent = 1 unless $_[1];
}

sub speak {
  for (my $at = 0; $at < length $out;) {
    my $count = syswrite STDOUT, $out, length($out) - $at, $at;
    if (defined $count) { $at += $count } elsif ($! + 0 != 4) { alone() }
  }
  ($out, $isUrgent) = ('', 0);
}

sub shut {
  my ($number, $stream) = @_;
  my $pipe = delete $open{$number}{$stream} or return;
  delete $reading{fileno $pipe};
  close $pipe;
  return if %{$open{$number}};
  delete $open{$number};
  report('C' . pack('N', $number)) unless $running{$number};
}

sub marks {
  return length $ENV{PIPE_RUN_ID} ? map "$_=$ENV{$_}", grep length $ENV{$_}, qw(${markNames.join(' ')}) : ();
}

sub start {
  my ($number, $folder, $count, @fields) = @_;
  # Asked for by an engine that was killed since: the next one may be at work by now.
  return if getppid != $engine;
  my @words = splice @fields, 0, $count;
  my %set = splice @fields, 0, 2 * shift @fields;
  @ENV{keys %set} = values %set;
  delete @ENV{@fields};
  my ($fromOut, $toOut, $err, $toErr);
  my $process = pipe($fromOut, $toOut) && pipe($err, $toErr) ? fork : undef;
  return report('F' . pack('NN', $number, $! + 0)) unless defined $process;
  if ($process == 0) {
    setpgrp 0, 0;
    open(STDIN, '<', '/dev/null') && open(STDOUT, '>&', $toOut) && open(STDERR, '>&', $toErr) && chdir($folder)
      && exec { $words[0] } @words;
    syswrite $fails, pack('NN', $$, $! + 0);
    kill 'KILL', $$;
  }
  # Here too: whoever hears of it may send a signal before the copy has come to it.
  setpgrp $process, $process;
  $numberOf{$process} = $number;
  $running{$number} = 1;
  $groupOf{$number} = [$process, marks()];
  $open{$number} = { 1 => $fromOut, 2 => $err };
  $reading{fileno $fromOut} = [$number, 1, $fromOut];
  $reading{fileno $err} = [$number, 2, $err];
  report('P' . pack('NN', $number, $process), 'may wait');
}

sub hear {
  my ($letter, $number, $rest) = unpack 'a N a*', $_[0];
  return start($number, split /\0/, $rest, -1) if $letter eq 'S';
  return $groupOf{$number} = [split /\0/, $rest] if $letter eq 'W';
  delete $groupOf{$number} if $letter eq 'L';
  my $streams = $open{$number} or return;
  if ($letter eq 'L') { shut($number, $_) for keys %$streams }
  elsif (my $pipe = $$streams{$rest}) {
    if ($letter eq 'H') { delete $reading{fileno $pipe} } else { $reading{fileno $pipe} = [$number, $rest, $pipe] }
  }
}

sub collect {
  while ((my $process = waitpid -1, 1) > 0) {
    my $status = $?;
    my $number = delete $numberOf{$process};
    next unless defined $number;
    delete $running{$number};
    my $ready = '';
    vec($ready, fileno $failed, 1) = 1;
    while ($status == 9 && select(my $now = $ready, undef, undef, 0) > 0) {
      sysread $failed, my $record, 8;
      my ($which, $why) = unpack 'NN', $record;
      $error{$which} = $why;
    }
    my $why = delete $error{$process};
    my $isGone = !kill(0, -$process) && $! + 0 == 3;
    delete $groupOf{$number} if $isGone;
    if (defined $why) { report('F' . pack('NN', $number, $why)) }
    else { report('E' . pack('NNNN', $number, $status, $isGone ? 1 : 0, $open{$number} ? 0 : 1)) }
  }
}

sub alone {
  # A text until now: it would be compiled at each start.
  eval $ARGV[0] if %groupOf;
  exit 0;
}

report('R' . pack('N', 0));
for (;;) {
  speak() if $isUrgent;
  my $wanted = '';
  vec($wanted, $_, 1) = 1 for 0, fileno $childEnded, keys %reading;
  my $found = select(my $ready = $wanted, undef, undef, length $out ? ${waitsForCompanySeconds} : undef);
  speak() if $found == 0;
  next if $found <= 0;
  for my $descriptor (sort { $a <=> $b } grep { vec $ready, $_, 1 } keys %reading) {
    my ($number, $stream, $pipe) = @{$reading{$descriptor} or next};
    my $count = sysread $pipe, my $bytes, 65536;
    if ($count) { report($stream . pack('N', $number) . $bytes) }
    elsif (defined $count) { shut($number, $stream) }
  }
  if (vec $ready, fileno $childEnded, 1) {
    sysread $childEnded, my $dots, 4096;
    collect();
  }
  next unless vec $ready, 0, 1;
  my $count = sysread STDIN, $in, 65536, length $in;
  alone() if defined $count ? $count == 0 : $! + 0 != 4;
  while (length $in >= 4 && length $in >= 4 + unpack 'N', $in) {
    hear(substr $in, 4, unpack 'N', $in);
    substr($in, 0, 4 + unpack 'N', $in) = '';
  }
}
`;
