/** Longer ones are cut, characters. */
const MOST_CHARACTERS = 200;

/** What a client calls something, as the value of a label: without control characters, and not too long. */
export function labelText(text: string): string {
  const shown = text.replace(/\p{C}/gu, '\uFFFD');
  return shown.length > MOST_CHARACTERS ? `${shown.slice(0, MOST_CHARACTERS)}…` : shown;
}
