/** The samples of a Prometheus page by name and labels; nothing when nobody serves it. */
export async function metricsOf(url) {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) return new Map();
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
