/** Shows how far long work has come, on one line of a terminal; silent where there is none. */
export function progressOn(stream: NodeJS.WriteStream): (text: string, done: boolean) => void {
  return (text, done) => {
    if (stream.isTTY) stream.write(`\r${text}\u001b[K${done ? '\n' : ''}`);
  };
}
