/**
 * Finds the events that the code logs, by reading it: object literals with a field `event`, and the calls that they are part of.
 * Where a function logs an event whose name it is given, the calls of that function are looked for.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const LEVELS = ['debug', 'info', 'warn', 'error'];
const EVENT_NAME = /^[a-z0-9]+(_[a-z0-9]+)*$/;

/**
 * @param {string} folder of TypeScript sources
 * @returns events by name, each with its levels, fields and messages, in order
 * @throws when the name of an event cannot be found out
 */
export function findLogEvents(folder) {
  const sources = readdirSync(folder, { recursive: true })
    .sort()
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('generated'))
    .map((file) => ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true));
  const events = new Map();
  const add = (name, part) => {
    const event = events.get(name) ?? { levels: new Set(), fields: new Set(), messages: new Set() };
    events.set(name, event);
    for (const kind of ['levels', 'fields', 'messages']) for (const value of part[kind]) event[kind].add(value);
  };
  for (const literal of nodesOf(sources, ts.isObjectLiteralExpression)) {
    const name = literal.properties.find((property) => property.name?.getText() === 'event');
    if (name === undefined) continue;
    const part = { levels: levelsOf(literal), fields: fieldsIn(literal), messages: messagesOf(literal) };
    if (name.initializer !== undefined && ts.isStringLiteral(name.initializer)) add(name.initializer.text, part);
    else addFromCalls(sources, functionAround(literal), 'event', part, add);
  }
  return new Map([...events].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The events that a function is called with, by the name of its parameter. */
function addFromCalls(sources, callee, parameter, part, add) {
  const name = callee?.name?.getText();
  const index = callee?.parameters.findIndex((each) => each.name.getText() === parameter) ?? -1;
  if (index < 0) throw new Error(`an event without a literal name: ${callee?.getSourceFile().fileName} ${name}`);
  for (const call of nodesOf(sources, ts.isCallExpression)) {
    if (call.expression.name?.text !== name && call.expression.getText() !== name) continue;
    const given = call.arguments[index];
    if (given === undefined) continue;
    const more = call.arguments.flatMap((argument, at) =>
      callee.parameters[at]?.name.getText() === 'fields' && ts.isObjectLiteralExpression(argument)
        ? fieldsIn(argument)
        : [],
    );
    const levels = call.arguments.flatMap((argument) =>
      ts.isStringLiteral(argument) && LEVELS.includes(argument.text) ? [argument.text] : [],
    );
    const whole = { ...part, fields: [...part.fields, ...more], levels: levels.length > 0 ? levels : part.levels };
    if (ts.isStringLiteral(given) && EVENT_NAME.test(given.text)) add(given.text, whole);
    else if (ts.isIdentifier(given) && isTextParameter(functionAround(call), given.text)) {
      addFromCalls(sources, functionAround(call), given.text, whole, add);
    }
  }
}

function isTextParameter(callee, parameter) {
  return callee?.parameters.some((each) => each.name.getText() === parameter && each.type?.getText() === 'string');
}

function* nodesOf(roots, isWanted) {
  for (const root of roots) {
    if (isWanted(root)) yield root;
    const children = [];
    root.forEachChild((child) => void children.push(child));
    yield* nodesOf(children, isWanted);
  }
}

function functionAround(node) {
  let around = node.parent;
  while (around !== undefined && !ts.isMethodDeclaration(around) && !ts.isFunctionDeclaration(around))
    around = around.parent;
  return around;
}

/** Names of the fields, those of what is spread into the literal among them, as far as that is in the same file. */
function fieldsIn(literal) {
  return literal.properties.flatMap((property) => {
    if (ts.isSpreadAssignment(property)) return spreadFields(property.expression);
    const field = property.name?.getText();
    return field === 'event' || field === undefined ? [] : [field];
  });
}

function spreadFields(expression) {
  const literals = [...nodesOf([expression], ts.isObjectLiteralExpression)];
  if (ts.isCallExpression(expression)) {
    const name = expression.expression.getText();
    for (const declared of nodesOf([expression.getSourceFile()], ts.isFunctionDeclaration)) {
      if (declared.name?.text === name) literals.push(...nodesOf([declared.body], ts.isObjectLiteralExpression));
    }
  }
  return literals.flatMap(fieldsIn);
}

function levelsOf(literal) {
  const callee = callWith(literal)?.expression;
  if (callee === undefined) return [];
  if (ts.isPropertyAccessExpression(callee)) return LEVELS.filter((level) => level === callee.name.text);
  if (!ts.isElementAccessExpression(callee)) return [];
  // Chosen when it is logged: `logger[level]`.
  const chosen = [...nodesOf([blockAround(literal)], ts.isVariableDeclaration)].find(
    (variable) => variable.name.getText() === callee.argumentExpression.getText(),
  );
  return LEVELS.filter((level) => chosen?.getText().includes(`'${level}'`));
}

function messagesOf(literal) {
  const message = callWith(literal)?.arguments[1];
  return message === undefined ? [] : [textOf(message)].filter((text) => text !== '…');
}

/** The call that logs the literal: around it, or of the variable that it is assigned to. */
function callWith(literal) {
  if (ts.isCallExpression(literal.parent)) return literal.parent;
  if (!ts.isVariableDeclaration(literal.parent)) return undefined;
  const variable = literal.parent.name.getText();
  const calls = nodesOf([blockAround(literal)], ts.isCallExpression);
  return [...calls].find((call) => call.arguments[0]?.getText() === variable);
}

function blockAround(node) {
  let around = node.parent;
  while (!ts.isBlock(around) && !ts.isSourceFile(around)) around = around.parent;
  return around;
}

function textOf(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return '…';
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

/** A table of all events, in Markdown. */
export function logEventsMarkdown(folder) {
  const rows = [...findLogEvents(folder)].map(([name, { levels, fields, messages }]) => {
    const shown = [...fields].map((field) => `\`${field}\``).join(', ');
    return `| \`${name}\` | ${[...levels].join(', ')} | ${shown} | ${[...messages].join('; ').replaceAll('|', '\\|')} |`;
  });
  return ['| event | level | fields | message |', '|---|---|---|---|', ...rows].join('\n');
}
