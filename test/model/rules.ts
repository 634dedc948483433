/**
 * The rules of docs/design/013-many-brokers.md, each in the parts that can be left out by themselves. A model asks for each where
 * the rule makes a difference, and runs with all of them or without some.
 */
export const RULES = {
  R1: 'the outcome of a transaction is never inferred from a read',
  'R2 incarnation': 'a commit compares that the incarnation lives',
  'R2 record': "a commit compares the commit record's last value",
  R3: 'sequence numbers are never skipped',
  'R4 lease': 'the commit record is not bound to the lease',
  'R4 id': 'the id of an incarnation is never used again',
  R5: 'a partition leaves a live incarnation only by its own release',
  'R6 nothing open': 'a release is sent only when nothing of the partition is uncommitted or unknown',
  'R6 for good': 'after a release nothing is accepted under that epoch',
  'R7 tenures': 'an assignment keeps all tenures since the checkpoint',
  'R7 epochs': 'entries of WAL objects carry the leader epoch',
  R8: 'a new leader reads linearizably after its assignment, never from a watch',
  R9: "an assignment compares the record's revision",
  'R10 manifest': 'a manifest transaction compares the manifest before it',
  'R10 incarnation': 'a manifest transaction compares that the incarnation lives',
  'R10 assignment': 'a manifest transaction compares the assignment as it was read',
  'R11 all': 'a WAL object is deleted when the checkpoints of all partitions in it are past it',
  'R11 same moment':
    'what it leads itself, and what that needs, a broker looks up at once, and before what others need',
  'R11 merged': 'a merged object keeps the records of partitions that are led elsewhere',
  'R11 list first': 'merged objects are listed before those that they replace are deleted',
  'R11 ended first': 'that an incarnation has ended is read before the assignments that could name it',
  'R12 wait': 'a duplicate of an uncommitted batch is acknowledged with that batch',
  'R12 rebuild': "a take-over rebuilds the producers' state",
  'R13 slots': "a write of groups compares the slots' revision",
  'R13 writer': "a write of groups compares the writer's record",
  'R13 release': "a slot is released when the owner's writes for it are answered",
  'R13 incarnation': 'a write of groups compares that the incarnation lives',
  R14: 'a leader asks whether its incarnation lives before it answers OFFSET_OUT_OF_RANGE',
} as const;

export type Rule = keyof typeof RULES;
export type Rules = ReadonlySet<Rule>;

export const ALL_RULES: Rules = new Set(Object.keys(RULES) as Rule[]);

export function without(...left: Rule[]): Rules {
  return new Set([...ALL_RULES].filter((rule) => !left.includes(rule)));
}
