/**
 * What to say and how it arrives: all at once, or token by token at a pace.
 *
 * Rules: the text survives a reload, and is shared with the page that shows how text is read. A text that is too long stays whole:
 * the field shows by how much, and the user shortens it. `maxlength` would cut what is pasted without a word, and it counts UTF-16 units,
 * while the gateway counts characters.
 */

import { byId, counted, grouped } from "./dom.js";
import { keep, recall } from "./memory.js";

/** The text field and its controls. Events: `touched` when the text is about to be used, `pace` when the pace changes. */
export class Composer extends EventTarget {
  #text = byId("text");
  #asTokens = byId("arrival-tokens");
  #pace = byId("pace");
  #most = Infinity;
  #mostAtOnce = Infinity;

  constructor() {
    super();
    this.#text.value = recall("session", "text") || this.#text.value;
    this.#text.addEventListener("input", () => {
      keep("session", "text", this.text);
      this.#show();
    });
    this.#text.addEventListener("focus", () => this.#tell("touched"));
    this.#pace.addEventListener("input", () => {
      this.#show();
      this.#tell("pace");
    });
    for (const choice of document.querySelectorAll("input[name=arrival]")) {
      choice.addEventListener("change", () => this.#show());
    }
    for (const example of document.querySelectorAll(".examples button")) {
      example.addEventListener("click", () => this.#take(example.dataset));
    }
    this.#show();
  }

  get text() {
    return this.#text.value;
  }

  /** Whether the text arrives token by token. */
  get tokens() {
    return this.#asTokens.checked;
  }

  /** Tokens per second. */
  get pace() {
    return Number(this.#pace.value);
  }

  focus() {
    this.#text.focus();
  }

  /** Why the text cannot be spoken, as a notice; null if it can be, as far as is known. */
  get trouble() {
    if (!this.text.trim()) {
      return { kind: "warning", reason: "nothing_to_say", message: "the text is empty: write something first" };
    }
    if (this.#excess <= 0) return null;
    const has = `the text has ${counted(this.#length, "character")}`;
    const most = grouped(this.#length - this.#excess);
    const way =
      this.#length <= this.#most
        ? `${most} are taken at once: shorten it, or let it arrive as an LLM writes it`
        : `${most} are taken: shorten it`;
    return { reason: "text_too_long", message: `${has}, and at most ${way}` };
  }

  /** Sets how much the stream takes. A text that is given whole is pending at once. */
  limit({ maxUtteranceChars, maxPendingChars }) {
    this.#most = maxUtteranceChars;
    this.#mostAtOnce = Math.min(maxUtteranceChars, maxPendingChars);
    this.#show();
  }

  /** Makes an example the text. */
  #take({ text, arrival = "whole" }) {
    this.#text.value = text;
    keep("session", "text", text);
    byId(`arrival-${arrival}`).checked = true;
    this.#show();
    byId("speak").focus();
    this.#tell("touched");
  }

  /** The gateway counts code points, not the units of a string. */
  get #length() {
    return [...this.text].length;
  }

  get #excess() {
    return this.#length - (this.tokens ? this.#most : this.#mostAtOnce);
  }

  #show() {
    const excess = this.#excess;
    this.#text.setAttribute("aria-invalid", excess > 0);
    byId("count").textContent = counted(this.#length, "character") + (excess > 0 ? `, ${grouped(excess)} too many` : "");
    byId("pace-field").hidden = !this.tokens;
    byId("pace-value").textContent = this.pace;
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
