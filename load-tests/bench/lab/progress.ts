/** Progress for a person at a terminal, where the last line is replaced by the next. */
export class Progress {
  private readonly out: NodeJS.WriteStream;
  private hasLiveLine = false;

  constructor(out: NodeJS.WriteStream) {
    this.out = out;
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    this.out.write(`${line}\n`);
  }

  /** A line that the next one replaces; left out where output is not a terminal. */
  show(line: string): void {
    if (!this.out.isTTY) return;
    this.clear();
    this.out.write(line.slice(0, this.out.columns - 1));
    this.hasLiveLine = true;
  }

  private clear(): void {
    if (this.hasLiveLine) this.out.write('\r\u001b[K');
    this.hasLiveLine = false;
  }
}
