/** Things that are done in the order in which they come, although one may have to wait: those behind it wait, too. */

export class Turns {
  #held = null;

  /** Does it now, or behind what waits. */
  take(act) {
    if (this.#held) this.#held.push(act);
    else act();
  }

  /** Does it once the promise is fulfilled, and then what has been taken since. */
  async after(promise, act) {
    const held = [act];
    this.#held = held;
    await promise;
    this.#held = null;
    for (const one of held) {
      try {
        this.take(one);
      } catch (error) {
        reportError(error); // as if it had come by itself
      }
    }
  }
}
