/**
 * Notices a gateway that has fallen silent: when the network is cut, a WebSocket takes minutes to close.
 *
 * Rules: it asks only while something is awaited (`busy`); anything that comes is a sign of life. Timers are late in a hidden
 * tab, so a silence counts from the question, not from the tick before.
 */

const EVERY_MS = 5_000;
const PATIENCE_MS = 10_000;

export class Pulse {
  #timer;
  #heardAt = performance.now();
  #askedAt = 0;

  /**
   * @param {object} line busy() tells whether an answer is awaited, ask() asks for a sign of life, silent() is called when none came
   */
  constructor({ busy, ask, silent }) {
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (!busy()) this.#askedAt = 0;
      else if (this.#askedAt && now - this.#askedAt >= PATIENCE_MS) silent();
      else if (!this.#askedAt && now - this.#heardAt >= EVERY_MS) {
        this.#askedAt = now;
        ask();
      }
    }, EVERY_MS);
  }

  /** Notes that something came. */
  heard() {
    this.#heardAt = performance.now();
    this.#askedAt = 0;
  }

  stop() {
    clearInterval(this.#timer);
  }
}
