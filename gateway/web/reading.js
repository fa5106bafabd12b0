/**
 * The text page: what would be said for a text, shown while it is being typed.
 *
 * `globalThis.reading` is there for the browser's console and for tests.
 */

import { ask } from "./ask.js";
import { languageName } from "./choices.js";
import { byId, counted, element } from "./dom.js";
import { keep, recall } from "./memory.js";
import { clearNotices, notify } from "./notices.js";
import { segmentItem } from "./segment-item.js";
import { themeButton } from "./theme.js";

const TYPING_MS = 60;

class Reading {
  #asked = null;
  #soon = 0;

  constructor() {
    themeButton(byId("theme"));
    byId("key").value = recall("session", "key");
    byId("wishes").addEventListener("submit", (event) => event.preventDefault());
    byId("text").value = recall("session", "text") || byId("text").value;
    byId("text").addEventListener("input", () => keep("session", "text", byId("text").value));
    byId("wishes").addEventListener("input", () => this.#later());
    byId("key").addEventListener("change", () => this.begin());
    for (const example of document.querySelectorAll(".examples button")) {
      example.addEventListener("click", () => {
        byId("text").value = example.dataset.text;
        keep("session", "text", example.dataset.text);
        this.show();
      });
    }
  }

  /** Fetches the languages that are spoken here, and shows the first reading. */
  async begin() {
    keep("session", "key", this.#key);
    await this.#guard(async () => {
      const { languages } = await ask("v1/languages", { key: this.#key });
      fillLanguages(languages.map(({ tag }) => tag));
      clearNotices();
    });
    await this.show();
  }

  /** Asks how the text is read, and shows the answer unless it is out of date. */
  async show() {
    clearTimeout(this.#soon);
    this.#soon = 0;
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    byId("count").textContent = counted([...byId("text").value].length, "character");
    await this.#guard(async () => {
      const told = await ask("v1/text?explain=true", { key: this.#key, body: wishes(), signal: asked.signal });
      if (asked.signal.aborted) return;
      clearNotices();
      byId("summary").textContent = summary(told.segments);
      const language = byId("language").value;
      byId("segments").replaceChildren(...told.segments.filter(isWorthShowing).map((one) => segmentItem(one, language)));
    });
    if (this.#asked === asked) this.#asked = null;
  }

  /** Whether what is shown is not yet the reading of the current text. */
  get behind() {
    return this.#soon !== 0 || this.#asked !== null;
  }

  get #key() {
    return byId("key").value.trim();
  }

  #later() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.show(), TYPING_MS);
  }

  async #guard(act) {
    try {
      await act();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.reason === undefined) throw error;
      if (error.reason === "unauthenticated") byId("key-field").hidden = false;
      // What is shown would be the reading of a text before this one.
      byId("summary").textContent = "";
      byId("segments").replaceChildren();
      notify(error);
    }
  }
}

function wishes() {
  const options = {};
  for (const name of ["maths", "emoji", "code"]) if (byId(name).value) options[name] = byId(name).value;
  if (byId("ssml").checked) options.ssml = true;
  return { text: byId("text").value, language: byId("language").value, options };
}

function fillLanguages(tags) {
  const list = byId("language");
  const before = list.value;
  const named = [...new Set([before, ...tags.map((tag) => tag.split("-")[0])])].map((tag) => [languageName(tag), tag]);
  named.sort(([a], [b]) => a.localeCompare(b));
  list.replaceChildren(...named.map(([name, tag]) => element("option", { value: tag }, name)));
  list.value = before;
}

const isWorthShowing = ({ raw, spoken }) => spoken !== "" || raw.trim() !== "";

function summary(segments) {
  const said = segments.filter(({ spoken }) => spoken).length;
  const rewritten = segments.reduce((sum, { rules }) => sum + rules.length, 0);
  if (said === 0) return "Nothing is said.";
  return `${counted(said, "segment")}, ${counted(rewritten, "rewriting")}.`;
}

globalThis.reading = new Reading();
globalThis.reading.ready = globalThis.reading.begin();
await globalThis.reading.ready;
