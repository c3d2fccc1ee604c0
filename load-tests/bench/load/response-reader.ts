const headEnd = Buffer.from('\r\n\r\n', 'latin1');
const contentLengthPattern = /\r\ncontent-length: *(\d+)\r\n/i;

/** A longer head is not an answer of these servers. */
const maxHeadBytes = 16_384;

/**
 * Finds the ends of HTTP/1.1 answers in the bytes of a keep-alive connection, reading nothing but
 * the status and Content-Length: reading every answer in full would cost the generator more than sending
 * did.
 */
export class ResponseReader {
  private readonly onAnswer: (status: number) => void;
  /** The start of a head whose end has not arrived. */
  private partialHead: Buffer | undefined;
  private status = 0;
  private bodyBytesLeft = 0;

  constructor(onAnswer: (status: number) => void) {
    this.onAnswer = onAnswer;
  }

  /**
   * Takes what arrived; the bytes may be overwritten afterwards.
   *
   * @throws Error when it is no answer with a Content-Length
   */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.bodyBytesLeft > 0) {
        const taken = Math.min(this.bodyBytesLeft, bytes.length - at);
        at += taken;
        this.bodyBytesLeft -= taken;
        if (this.bodyBytesLeft === 0) this.onAnswer(this.status);
      } else {
        at = this.readHead(bytes, at);
      }
    }
  }

  /** Returns where the body starts, or the end of the bytes when the head goes on. */
  private readHead(bytes: Buffer, from: number): number {
    const fresh = bytes.subarray(from);
    const known = this.partialHead?.length ?? 0;
    const head = this.partialHead ? Buffer.concat([this.partialHead, fresh]) : fresh;
    const end = head.indexOf(headEnd);
    if (end < 0) {
      if (head.length > maxHeadBytes) throw new Error('The head of an answer does not end.');
      this.partialHead = Buffer.from(head);
      return bytes.length;
    }
    this.partialHead = undefined;
    this.take(head.toString('latin1', 0, end + 2));
    return from + end + headEnd.length - known;
  }

  private take(head: string): void {
    const [, length] = contentLengthPattern.exec(head) ?? [];
    if (!head.startsWith('HTTP/1.1 ') || length === undefined) {
      throw new Error(`An answer without Content-Length:\n${head.slice(0, 500)}`);
    }
    this.status = Number(head.slice(9, 12));
    this.bodyBytesLeft = Number(length);
    if (this.bodyBytesLeft === 0) this.onAnswer(this.status);
  }
}
