/** One utterance on the page: its words, its state, its receipt, and its audio for download. */

import { duration, element } from "./dom.js";
import { wavFile } from "./legato.js";
import { figures, shares, waterfall } from "./receipt.js";
import { Transcript } from "./transcript.js";

const STATES = {
  waiting: "Waiting",
  speaking: "Speaking",
  starved: "Waiting for audio",
  paused: "Paused",
  finished: "Heard",
  cancelled: "Stopped",
  failed: "Failed",
};
/** A gap that is shorter than this is not shown: between two sentences nobody has to know. */
const STARVED_MS = 1_000;
const BEGUN = new Set(["speaking", "starved", "paused"]);
const ENDS = new Set(["finished", "cancelled", "failed"]);

export class Take {
  #chunks = [];
  #rate;
  #start = 0;
  #samples = 0;
  #heard = 0;
  #firstAt = 0;
  #dryAt = 0;
  #begunAt = performance.now();
  #parts = {};

  /**
   * @param {object} about number, voice, language (BCP 47), languageName, formatName, sampleRate
   */
  constructor(about) {
    this.about = about;
    this.#rate = about.sampleRate;
    this.state = "waiting";
    /** Whether a message of it was refused. */
    this.refused = false;
    this.transcript = new Transcript(about.language);
    this.element = this.#build();
  }

  get ended() {
    return ENDS.has(this.state);
  }

  /** Whether it has audio and has not ended. */
  get begun() {
    return BEGUN.has(this.state);
  }

  /** All its samples that have come. */
  get samples() {
    const all = new Int16Array(this.#samples);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  started({ startSample }) {
    this.#start = startSample;
  }

  audio({ samples }) {
    if (this.#firstAt === 0) {
      this.#firstAt = performance.now();
      this.show("speaking");
    }
    this.#chunks.push(samples);
    this.#samples += samples.length;
    this.#parts.save.hidden = false;
  }

  /** Shows how far the listener is; `position` is a sample of the track. */
  listen(position) {
    if (this.ended) return;
    if (this.#samples > 0) this.transcript.light(position);
    this.#heard = Math.min(Math.max(position - this.#start, 0), this.#samples);
    this.#look();
    const { meter, clock } = this.#parts;
    meter.style.setProperty("--done", this.#samples ? this.#heard / this.#samples : 0);
    const told = this.#progress;
    if (clock.textContent !== told) clock.textContent = told;
  }

  /** Whether it finished without a sound: it had nothing to say, or its text was refused. */
  get silent() {
    return this.state === "finished" && this.#samples === 0;
  }

  finished({ receipt }) {
    this.#end("finished");
    if (this.silent) {
      this.element.dataset.silent = "";
      this.#parts.badge.textContent = "Nothing said";
      this.transcript.partition("", "", this.transcript.text);
    } else this.transcript.finish();
    this.#account(receipt);
  }

  cancelled({ heard, sentUnheard, neverSent, truncateAtSample, method, receipt }) {
    this.listen(truncateAtSample);
    this.#end("cancelled");
    this.transcript.partition(heard, sentUnheard, neverSent);
    this.#parts.after.append(legend(heard, sentUnheard, neverSent, method));
    this.#account(receipt);
  }

  failed({ error, unspoken, receipt }) {
    this.#end("failed");
    const text = this.transcript.text;
    if (unspoken && text.endsWith(unspoken)) {
      this.transcript.partition(text.slice(0, text.length - unspoken.length), "", unspoken);
    }
    this.transcript.halt();
    this.#parts.after.append(element("p", { class: "failure" }, `${error.reason.replaceAll("_", " ")}: ${error.message}`));
    if (receipt) this.#account(receipt);
  }

  /** Shows one of the `STATES`. */
  show(state) {
    if (this.ended) return;
    this.state = state;
    this.element.dataset.state = state;
    this.#parts.badge.textContent = STATES[state];
  }

  /** Shows when the listener has heard all that has come, and waits. */
  #look() {
    const dry = this.#samples > 0 && this.#heard === this.#samples && this.state !== "paused";
    if (!dry) {
      this.#dryAt = 0;
      if (this.state === "starved") this.show("speaking");
      return;
    }
    this.#dryAt ||= performance.now();
    if (this.state === "starved" || performance.now() - this.#dryAt < STARVED_MS) return;
    this.show("starved");
    if (this.transcript.writing) this.#parts.badge.textContent = "Waiting for text";
  }

  /** What was heard of what has come. */
  get #progress() {
    return `${seconds(this.#heard / this.#rate)} / ${seconds(this.#samples / this.#rate)}`;
  }

  #end(state) {
    this.show(state);
    this.#parts.meter.remove();
    this.#parts.clock.textContent = this.#samples ? this.#length(state) : "";
  }

  #length(state) {
    return state === "finished" ? seconds(this.#samples / this.#rate) : `${this.#progress} heard`;
  }

  #account(receipt) {
    const pairs = figures(receipt);
    if (this.#firstAt) pairs.splice(1, 0, ["In this browser", duration(this.#firstAt - this.#begunAt)]);
    const list = element("dl", { class: "figures" });
    for (const [name, value] of pairs) {
      list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
    }
    const title = receipt.ttfbMs === undefined ? "Receipt" : `Receipt: first byte after ${duration(receipt.ttfbMs)}`;
    const details = element("details", { class: "receipt" }, element("summary", {}, title), list, shares(receipt), waterfall(receipt));
    details.open = true;
    this.#parts.after.append(details);
  }

  /** Folds the receipt, to make room for newer takes. */
  fold() {
    for (const details of this.element.querySelectorAll("details")) details.open = false;
  }

  #build() {
    const { number, voice, languageName, formatName } = this.about;
    const badge = element("span", { class: "badge" }, STATES.waiting);
    const clock = element("span", { class: "clock" });
    const meter = element("div", { class: "meter", "aria-hidden": "true" });
    const after = element("div", { class: "after" });
    const save = element("button", { type: "button", class: "quiet save", hidden: true, click: () => this.#save() }, "Download WAV");
    save.setAttribute("aria-label", `Download WAV of utterance ${number}`);
    this.#parts = { badge, clock, meter, after, save };
    const about = [voice, languageName, formatName].filter(Boolean).join(" · ");
    return element(
      "article",
      { class: "take", "data-state": "waiting", "aria-label": `Utterance ${number}` },
      element("header", {}, badge, element("span", { class: "about" }, about), clock, save),
      this.transcript.element,
      meter,
      after,
    );
  }

  #save() {
    const url = URL.createObjectURL(wavFile(this.samples, this.#rate));
    const name = `legato-${this.about.voice}-${this.about.number}.wav`;
    element("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

/** How an utterance ended, in a sentence. */
export function summary(type, { heard, sentUnheard, neverSent, error }) {
  if (type === "finished") return "Everything was heard.";
  if (type === "failed") return `Failed: ${error.message}`;
  const rest = (sentUnheard + neverSent).trim();
  return `Stopped. Heard: ${heard.trim() || "nothing"}.${rest ? ` Not heard: ${rest}` : ""}`;
}

function legend(heard, sentUnheard, neverSent, method) {
  const how = method === "HEARD_METHOD_PLAYED" ? "as this page reported" : "estimated by the gateway";
  const entries = [
    ["heard", `Heard (${how})`, heard],
    ["sent-unheard", "Sent, not heard", sentUnheard],
    ["never-sent", "Never sent", neverSent],
  ];
  const shown = entries.filter(([, , text]) => text.trim());
  return element(
    "ul",
    { class: "legend", "aria-label": "How the text is marked" },
    ...shown.map(([name, label]) => element("li", {}, element("span", { class: name }, label))),
  );
}

function seconds(s) {
  const whole = Math.floor(s);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${Math.floor((s - whole) * 10)}`;
}
