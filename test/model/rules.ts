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
  'R12 wait': 'a duplicate of an uncommitted batch is acknowledged with that batch',
  'R12 rebuild': "a take-over rebuilds the producers' state",
  R14: 'a leader asks whether its incarnation lives before it answers OFFSET_OUT_OF_RANGE',
} as const;

export type Rule = keyof typeof RULES;
export type Rules = ReadonlySet<Rule>;

export const ALL_RULES: Rules = new Set(Object.keys(RULES) as Rule[]);

export function without(...left: Rule[]): Rules {
  return new Set([...ALL_RULES].filter((rule) => !left.includes(rule)));
}
