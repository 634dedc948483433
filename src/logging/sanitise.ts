/** A string in a field, or a message, is cut after so many characters: clients choose some of them. */
const MOST_CHARACTERS = 1000;
/** Items of a list, or fields of an object, that are logged. */
const MOST_ITEMS = 100;
const MOST_DEPTH = 4;

/** Control and format characters (colours, backspaces, line ends, text direction), and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const UNPRINTABLE_BUT_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * A text as it may appear in a log: whoever chose it can't forge lines, colour a terminal, or fill a disk with it. What can't
 * be printed becomes `�`.
 */
export function printable(text: string): string {
  const cut = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return cut.replace(UNPRINTABLE, '\uFFFD');
}

/** As {@link printable}, for texts of several lines: stacks of errors, which begin with their messages. */
export function printableLines(text: string): string {
  return text.slice(0, 10 * MOST_CHARACTERS).replace(UNPRINTABLE_BUT_LINES, '\uFFFD');
}

/** The fields of an event with all texts in them printable. Errors stay as they are: they have a form of their own. */
export function printableFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, printableValue(value, MOST_DEPTH)]));
}

function printableValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item: unknown) => printableValue(item, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).slice(0, MOST_ITEMS);
  return Object.fromEntries(entries.map(([name, item]) => [printable(name), printableValue(item, depth - 1)]));
}
