import type { Member } from './member.js';

/** The names of the protocols that all members know, in the first member's order. */
export function commonProtocols(members: readonly Member[]): string[] {
  const [first, ...others] = members;
  if (first === undefined) return [];
  return first.protocols.map(({ name }) => name).filter((name) => others.every((member) => member.supports(name)));
}

/**
 * Elects a protocol: of those that all members know, each member votes for the one that it likes best. A draw goes to
 * the one that the first member likes better.
 *
 * @returns undefined when the members have none in common
 */
export function electProtocol(members: readonly Member[]): string | undefined {
  const candidates = commonProtocols(members);
  const votes = new Map(candidates.map((name) => [name, 0]));
  for (const member of members) {
    const choice = member.protocols.find(({ name }) => votes.has(name));
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
  }
  const most = Math.max(...votes.values());
  return candidates.find((name) => votes.get(name) === most);
}
