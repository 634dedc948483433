import { describeSettings } from './settings.js';

/** The settings as a page of text, for `kafscale broker --help`. */
export function settingsHelp(): string {
  return describeSettings()
    .map(({ variable, about, allowed, default: value, notYet }) => {
      const facts = [`allowed: ${allowed}`, value === undefined ? 'no default' : `default: ${value}`];
      if (notYet) facts.push('not in this version');
      return `  ${variable}\n      ${about}\n      (${facts.join('; ')})`;
    })
    .join('\n');
}

/** The settings as a table in Markdown, for the documentation. */
export function settingsMarkdown(): string {
  const rows = describeSettings().map(({ variable, about, allowed, default: value, notYet }) => {
    const meaning = notYet ? `${about} *Not in this version: the start stops when it is set.*` : about;
    return `| \`${variable}\` | ${value === undefined ? '' : `\`${value}\``} | ${meaning} | ${allowed} |`;
  });
  return ['| variable | default | meaning | allowed |', '|---|---|---|---|', ...rows].join('\n');
}
