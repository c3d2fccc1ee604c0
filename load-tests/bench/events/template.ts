import { idLength, type EventIds } from './event-ids.ts';

/** Stands where an event's id belongs, in texts that become templates. */
export const idPlaceholder = '#'.repeat(idLength);

/** Stands where the account's name belongs, where each use of a template is of another account. */
export const accountPlaceholder = 'account-@@@@@@';

/** Stands where an event's time belongs, where a template is used for so long that it would grow old. */
export const timestampPlaceholder = '~'.repeat(new Date(0).toISOString().length);

/**
 * Text made before the clock starts, in which only the event ids are written anew for each use: so a
 * run of any length sends no id twice, needs little memory, and costs its sender next to nothing.
 */
export class Template {
  /** The text as it is to be sent. It must have been sent before `refresh` is called again. */
  readonly bytes: Buffer;
  readonly events: number;
  private readonly idOffsets: number[];
  private readonly accountOffsets: number[];
  private readonly timestampOffsets: number[];

  /** @throws Error when the text is not ASCII, as offsets would be wrong */
  constructor(text: string) {
    this.bytes = Buffer.from(text, 'utf8');
    if (this.bytes.length !== text.length) throw new Error('A template is ASCII.');
    this.idOffsets = offsetsOf(text, idPlaceholder);
    this.accountOffsets = offsetsOf(text, accountPlaceholder);
    this.timestampOffsets = offsetsOf(text, timestampPlaceholder);
    this.events = this.idOffsets.length;
  }

  /** Gives every event a new id. */
  refresh(ids: EventIds): void {
    for (const offset of this.idOffsets) ids.write(this.bytes, offset);
  }

  /**
   * Writes the account's name over its placeholder.
   *
   * @param account as long as the placeholder
   */
  writeAccount(account: string): void {
    for (const offset of this.accountOffsets) this.bytes.write(account, offset, 'latin1');
  }

  /** Gives every event a time of its own, over its placeholder. */
  writeTimestamps(nextMs: () => number): void {
    for (const offset of this.timestampOffsets) {
      this.bytes.write(new Date(nextMs()).toISOString(), offset, 'latin1');
    }
  }
}

function offsetsOf(text: string, placeholder: string): number[] {
  const offsets: number[] = [];
  let at = text.indexOf(placeholder);
  while (at >= 0) {
    offsets.push(at);
    at = text.indexOf(placeholder, at + placeholder.length);
  }
  return offsets;
}
