const WIDTH = 40;
const REDRAW_MS = 100;

/** A bar that grows with the number it is told; one line at the end where nobody watches a terminal. */
export function progressBar(title, total) {
  const startedAt = performance.now();
  let drawnAt = 0;
  return (done) => {
    const finished = done >= total;
    const now = performance.now();
    if (!finished && (!process.stdout.isTTY || now - drawnAt < REDRAW_MS)) return;
    drawnAt = now;
    const filled = Math.round((done / total) * WIDTH);
    const perSecond = Math.round((done / (now - startedAt)) * 1000);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${title}  ${bar}  ${done}/${total}  ${perSecond}/s`);
    if (finished) process.stdout.write('\n');
  };
}

export function megabytes(bytes) {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}

/** Rows of two cells, the second ones below each other. */
export function table(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`).join('\n');
}
