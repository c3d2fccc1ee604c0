import type { WriteStream } from 'node:tty';
import type { Display } from './display.ts';
import { layout } from './layout.ts';
import { paint } from './paint.ts';
import { openTerminal } from './terminal.ts';
import type { View } from './view.ts';

/** Shows the view on the whole terminal, redrawn in place. */
export function openScreen(
  output: WriteStream,
  input: NodeJS.ReadStream,
  onQuit: () => void,
): Display {
  const hasColours = output.hasColors() && !process.env['NO_COLOR'];
  let last: View | undefined;
  const draw = (): void => {
    const { width, height } = terminal.size();
    const lines = last
      ? layout(last, width, height)
      : [[{ text: 'Connecting …', style: 'faint' as const }]];
    terminal.show(lines.map((line) => paint(line, hasColours)));
  };
  const terminal = openTerminal({ input, output, onQuit, onResize: () => draw() });
  draw();
  return {
    show(view) {
      last = view;
      draw();
    },
    close: terminal.close,
  };
}
