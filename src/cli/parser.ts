// The parser of command lines. The only user of commander.
export { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
