import { idLength, type EventIds } from './event-ids.ts';

/** Stands where an event's id belongs, in texts that become templates. */
export const idPlaceholder = '#'.repeat(idLength);

/**
 * Text made before the clock starts, in which only the event ids are written anew for each use: so a
 * run of any length sends no id twice, needs little memory, and costs its sender next to nothing.
 */
export class Template {
  /** The text as it is to be sent. Whoever sends it is done with it before `refresh` is called again. */
  readonly bytes: Buffer;
  readonly events: number;
  private readonly idOffsets: number[] = [];

  /** @throws Error when the text is not ASCII, as offsets would be wrong */
  constructor(text: string) {
    this.bytes = Buffer.from(text, 'utf8');
    if (this.bytes.length !== text.length) throw new Error('A template is ASCII.');
    let at = text.indexOf(idPlaceholder);
    while (at >= 0) {
      this.idOffsets.push(at);
      at = text.indexOf(idPlaceholder, at + idLength);
    }
    this.events = this.idOffsets.length;
  }

  /** Gives every event a new id. */
  refresh(ids: EventIds): void {
    for (const offset of this.idOffsets) ids.write(this.bytes, offset);
  }
}
