/**
 * A simulated language model: writes a text token by token, at a pace.
 *
 * Tokens are like those of real models: a space and the word after it, long words in pieces, punctuation by itself.
 */

const TOKEN = /\s*(?:[\p{L}\p{M}]{1,6}|\p{N}{1,3}|[^\s\p{L}\p{M}\p{N}]+)|\s+/gu;

/** Splits a text into tokens; joined, they are the text. */
export function tokens(text) {
  return text.match(TOKEN) ?? [];
}

/** Writes `text` at `perSecond` tokens a second until it is done or `stop` is called. */
export class Typist {
  #left;
  #perSecond;
  #write;
  #done;
  #timer;
  #due;

  /**
   * @param {string} text
   * @param {number} perSecond
   * @param {(token: string) => void} write
   * @param {() => void} done called after the last token, not after `stop`
   */
  constructor(text, perSecond, write, done) {
    this.#left = tokens(text);
    this.#perSecond = perSecond;
    this.#write = write;
    this.#done = done;
    this.#due = performance.now();
    this.#step();
  }

  set pace(perSecond) {
    this.#perSecond = perSecond;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#left = [];
  }

  #step() {
    const now = performance.now();
    let due = "";
    // Timers are late in a hidden tab: all tokens that have come due are written together.
    while (this.#left.length > 0 && this.#due <= now) {
      due += this.#left.shift();
      this.#due += 1000 / this.#perSecond;
    }
    if (due) this.#write(due);
    if (this.#left.length > 0) this.#timer = setTimeout(() => this.#step(), Math.max(this.#due - now, 0));
    else this.#done();
  }
}
