// What has left on one connection and is not answered: rows in order of seq, from the first
// unanswered on. The same as scanner/client/window.go; it knows nothing of sockets.

export class Window {
  rows: { seq: number; answered: boolean }[] = [];
  next = 1; // the seq to read from the outbox next
  private parts: number[] = []; // the last seq of each message under way: each gets its outcomes or one error
  private errors = 0; // answers that were errors since the last rewind

  /** launch notes a row that leaves; done where it needs no answer. */
  launch(seq: number, done: boolean): void {
    this.rows.push({ seq, answered: done });
    this.next = seq + 1;
  }

  /** message notes that everything launched since the last call is one message. */
  message(): void {
    this.parts.push(this.next - 1);
  }

  underway(seq: number): boolean {
    return this.rows.some((r) => r.seq === seq && !r.answered);
  }

  /** answer notes the outcome of a row; true where it was waited for. */
  answer(seq: number): boolean {
    const row = this.rows.find((r) => r.seq === seq);
    if (!row || row.answered) return false;
    return (row.answered = true);
  }

  /** settle forgets the answered rows in front and returns up to which seq all is answered, 0 if nothing new is. */
  settle(): number {
    let n = 0;
    while (this.rows[n]?.answered) n++;
    if (n === 0) return 0;
    const through = this.rows[n - 1]!.seq;
    this.rows = this.rows.slice(n);
    this.parts = this.parts.filter((p) => p > through);
    return through;
  }

  refused(): void {
    this.errors++;
  }

  /** quiet says whether every message under way has been answered, one way or the other. */
  quiet(): boolean {
    return this.parts.length <= this.errors;
  }

  /** rewind forgets what is under way and goes on from the first unanswered row, or from a lower one. */
  rewind(lowest: number): void {
    if (this.rows[0]) this.next = this.rows[0].seq;
    if (lowest !== 0) this.next = Math.min(this.next, lowest);
    [this.rows, this.parts, this.errors] = [[], [], 0];
  }
}
