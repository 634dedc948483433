/** The token that control calls carry, for tools; undefined when the environment has none. */
export function controlTokenFromProcess(): string | undefined {
  // Apart from the other settings: a tool that asks a broker needs none of them.
  const token = process.env['KAFSCALE_CONTROL_TOKEN']?.trim() ?? '';
  return token === '' ? undefined : token;
}
