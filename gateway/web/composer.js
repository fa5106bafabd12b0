/**
 * What to say and how it arrives: all at once, or token by token at a pace.
 *
 * Rules: the text survives a reload, and is shared with the page that shows how text is read.
 */

import { byId, counted } from "./dom.js";
import { keep, recall } from "./memory.js";

/** The text field and its controls. Events: `touched` when the text is about to be used, `pace` when the pace changes. */
export class Composer extends EventTarget {
  #text = byId("text");
  #asTokens = byId("arrival-tokens");
  #pace = byId("pace");
  #most = this.#text.maxLength;
  #mostAtOnce = this.#most;

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

  /** Takes no more text than the stream does. A text that is given whole is pending at once. */
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

  #show() {
    this.#text.maxLength = this.tokens ? this.#most : this.#mostAtOnce;
    byId("count").textContent = counted([...this.text].length, "character");
    byId("pace-field").hidden = !this.tokens;
    byId("pace-value").textContent = this.pace;
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
