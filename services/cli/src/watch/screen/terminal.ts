import type { ReadStream, WriteStream } from 'node:tty';

export interface Terminal {
  /** Shows these lines; only what differs from before is written. */
  show: (lines: readonly string[]) => void;
  size: () => { width: number; height: number };
  /** Gives the terminal back as it was. Again: nothing. */
  close: () => void;
}

export interface TerminalOptions {
  input: ReadStream | NodeJS.ReadStream;
  output: WriteStream;
  /** q or Ctrl-C was pressed. */
  onQuit: () => void;
  /** The size changed; draw again. */
  onResize: () => void;
}

const enter = '\u001B[?1049h\u001B[?25l';
const leave = '\u001B[?25h\u001B[?1049l';
/** Terminals that know it show the whole frame at once; the others ignore it. */
const beginFrame = '\u001B[?2026h';
const endFrame = '\u001B[?2026l';
const ctrlC = '\u0003';
const clearScreen = '\u001B[2J';

/** Takes over the terminal: a screen of its own, no cursor, keys without Enter. */
export function openTerminal({ input, output, onQuit, onResize }: TerminalOptions): Terminal {
  let shown: readonly string[] = [];
  let isOpen = true;

  const onData = (data: Buffer | string): void => {
    if (/q/i.test(String(data)) || String(data).includes(ctrlC)) onQuit();
  };
  const resized = (): void => {
    shown = [];
    output.write(clearScreen);
    onResize();
  };
  // Whatever ends the process, the person gets a usable terminal back.
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    process.off('exit', close);
    output.off('resize', resized);
    input.off('data', onData);
    if (input.isTTY) input.setRawMode(false);
    input.pause();
    output.write(leave);
  };

  process.on('exit', close);
  output.on('resize', resized);
  if (input.isTTY) {
    input.setRawMode(true);
    input.resume();
    input.on('data', onData);
  }
  output.write(enter);
  return {
    show(lines) {
      if (!isOpen) return;
      const rows = Math.max(lines.length, shown.length);
      const changed: string[] = [];
      for (let row = 0; row < rows; row++) {
        const line = lines[row] ?? '';
        if (line !== shown[row]) changed.push(`\u001B[${row + 1};1H${line}\u001B[K`);
      }
      shown = lines;
      if (changed.length > 0) output.write(beginFrame + changed.join('') + endFrame);
    },
    size: () => ({ width: output.columns || 80, height: output.rows || 24 }),
    close,
  };
}
