/**
 * The text of one utterance, whose words light up as they sound.
 *
 * Rules: offsets are those of the gateway, in Unicode code points. Words come in the order of the text; the text before the last
 * known word is never built again. What stands before a word lights up with it: punctuation, and words without a time.
 * When the utterance was cancelled, text that was never sent, or sent and not heard, is marked.
 */

import { element, isInView } from "./dom.js";

export class Transcript {
  #points = [];
  #known = 0;
  #words = [];
  #lit = 0;
  #now = null;
  #last = null;
  #tail = document.createTextNode("");
  #caret = element("span", { class: "caret", "aria-hidden": "true" });

  constructor(language) {
    this.element = element("p", { class: "transcript", dir: "auto", lang: language || undefined }, this.#tail);
  }

  /** All of the text so far. */
  get text() {
    return this.#points.join("");
  }

  append(text) {
    this.#points.push(...text);
    this.#tail.data += text;
  }

  /** Whether a caret shows that more is being written. */
  get writing() {
    return this.#caret.isConnected;
  }

  set writing(on) {
    if (on) this.element.append(this.#caret);
    else this.#caret.remove();
  }

  /** Takes a word and when it sounds, as `Words` reports it. */
  word({ sourceStart, sourceEnd, startSample, endSample }) {
    if (sourceStart < this.#known || sourceEnd > this.#points.length || sourceStart >= sourceEnd) {
      this.#correct(sourceStart, startSample, endSample);
      return;
    }
    const part = (from, to) => this.#points.slice(from, to).join("");
    const before = element("span", {}, part(this.#known, sourceStart));
    const span = element("span", { class: "word" }, part(sourceStart, sourceEnd));
    this.#tail.before(before, span);
    this.#tail.data = part(sourceEnd);
    this.#known = sourceEnd;
    this.#words.push({ sourceStart, startSample, endSample, before, span });
  }

  #correct(sourceStart, startSample, endSample) {
    const known = this.#words.find((word) => word.sourceStart === sourceStart);
    if (known) Object.assign(known, { startSample, endSample });
  }

  /** Lights every word up to the track's sample that sounds now. */
  light(sample) {
    while (this.#lit < this.#words.length && this.#words[this.#lit].startSample <= sample) {
      const { before, span } = this.#words[this.#lit];
      before.classList.add("spoken");
      span.classList.add("spoken");
      this.#lit += 1;
    }
    const last = this.#words[this.#lit - 1];
    this.#point(last && sample < last.endSample ? last.span : null);
  }

  /** Marks the word that sounds, and scrolls to it if the one before is in view: a user who scrolled away is left alone. */
  #point(span) {
    if (span === this.#now) return;
    this.#now?.classList.remove("now");
    this.#now = span;
    if (!span) return;
    span.classList.add("now");
    if (this.#last && isInView(this.#last) && !isInView(span)) span.scrollIntoView({ block: "center" });
    this.#last = span;
  }

  /** Stops where it is. */
  halt() {
    this.writing = false;
    this.#point(null);
  }

  /** Marks everything as heard. */
  finish() {
    this.writing = false;
    this.element.replaceChildren(element("span", { class: "heard" }, this.text));
  }

  /** Marks what was heard, what was on its way, and what was never sent. Empty parts are left out. */
  partition(heard, sentUnheard, neverSent) {
    this.writing = false;
    const parts = [
      ["heard", "Heard", heard],
      ["sent-unheard", "Sent, not heard", sentUnheard],
      ["never-sent", "Never sent", neverSent],
    ];
    this.element.replaceChildren(...parts.flatMap(([name, label, text]) => marked(name, label, text)));
  }
}

/** A part of the text with its mark; the space before it is not marked. */
function marked(name, label, text) {
  const bare = text.trimStart();
  return bare ? [text.slice(0, -bare.length), element("span", { class: name, title: label }, bare)] : [text];
}
