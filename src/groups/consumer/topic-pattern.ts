import { RE2JS, RE2JSException } from 're2js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';

/** Whether a topic's whole name matches. */
export type TopicPattern = (name: string) => boolean;

/**
 * Compiles a pattern of topic names. RE2 takes time linear in the length of the name, whatever the pattern.
 *
 * @throws KafkaError INVALID_REGULAR_EXPRESSION
 */
export function compileTopicPattern(pattern: string): TopicPattern {
  try {
    const compiled = RE2JS.compile(pattern);
    return (name) => compiled.matches(name);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new KafkaError(
      ErrorCode.INVALID_REGULAR_EXPRESSION,
      `SubscribedTopicRegex \`${pattern}\` is not a valid regular expression: ${error.message}.`,
      { cause: error },
    );
  }
}
