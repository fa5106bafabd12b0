/** Reads out what happens, for those who cannot see the page. */

import { byId } from "./dom.js";

const TOGETHER_MS = 50;

/** What happens at once is read out together: one stop can end several utterances, and the first of them was being heard. */
export class Announcer {
  #words = [];

  say(words) {
    if (this.#words.length === 0) {
      setTimeout(() => {
        byId("announcer").textContent = this.#words.splice(0).join(" ");
      }, TOGETHER_MS);
    }
    this.#words.push(words);
  }
}
