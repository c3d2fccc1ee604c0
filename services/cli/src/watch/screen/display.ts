import type { View } from './view.ts';

/** What shows the view to a person: a screen that is redrawn, or lines of a log. */
export interface Display {
  show: (view: View) => void;
  close: () => void;
}
