/** The choice of voice, language and audio format, from `/v1/voices`. */

import { ask } from "./ask.js";
import { byId, element } from "./dom.js";
import { canPlay, ENCODINGS } from "./legato.js";
import { keep, recall } from "./memory.js";

const ENCODING_NAMES = {
  pcm_s16le: "PCM, 16 bit",
  wav: "WAV, 16 bit",
  mulaw: "G.711 μ-law",
  alaw: "G.711 A-law",
  opus: "Opus",
};
/** Names of the encodings that this page can play, by those of the contract. */
const PLAYED = {};
for (const [name, wire] of Object.entries(ENCODINGS)) if (await canPlay(name)) PLAYED[wire] = name;
const USUAL = "pcm_s16le/24000";
/** A page that is opened as the gateway starts sees voices that warm up for a moment, and perhaps one that is down for long. */
const ASK_AGAIN_MS = 1_000;
const MOST_WAIT_MS = 60_000;

/**
 * Fetches what this gateway can speak.
 * @param {string} key of the gateway, or ""
 * @throws {SpeechError}
 */
export const catalogue = (key) => ask("v1/voices", { key });

/** The three lists, kept consistent with one another. */
export class Choices {
  #voices = [];
  #voice = byId("voice");
  #language = byId("language");
  #format = byId("format");
  #again = 0;

  constructor() {
    this.#voice.addEventListener("change", () => this.#showVoice());
    for (const list of [this.#voice, this.#language, this.#format]) list.addEventListener("change", () => this.#remember());
  }

  /** Fills the lists from the catalogue. */
  fill({ voices, defaultVoice, formats }) {
    this.#voices = voices;
    const before = remembered();
    this.#voice.replaceChildren(...voices.map((voice) => new Option(voiceTitle(voice), voice.name)));
    choose(this.#voice, before.voice, defaultVoice);
    this.#format.replaceChildren(...formatOptions(formats));
    choose(this.#format, before.format, USUAL);
    for (const list of [this.#voice, this.#language, this.#format]) list.disabled = false;
    this.#showVoice(before.language);
  }

  /** Asks again, ever more seldom, while a voice is not ready; until an answer fails. */
  follow(key, waitMs = ASK_AGAIN_MS) {
    clearTimeout(this.#again);
    if (this.#voices.every(({ ready }) => ready)) return;
    this.#again = setTimeout(async () => {
      const told = await catalogue(key).catch(() => null);
      if (told === null) return;
      this.#refresh(told.voices);
      this.follow(key, Math.min(2 * waitMs, MOST_WAIT_MS));
    }, waitMs);
  }

  get ready() {
    return this.#voices.length > 0;
  }

  get voice() {
    return this.#voice.value;
  }

  /** BCP 47; empty for the voice's own language. */
  get language() {
    return this.#language.value;
  }

  /** The language that will be spoken, for the `lang` of the text on the page. */
  get spokenLanguage() {
    return this.language || (this.#chosen()?.languages[0] ?? "");
  }

  get format() {
    const [encoding, sampleRate] = this.#format.value.split("/");
    return { encoding, sampleRate: Number(sampleRate) };
  }

  get formatName() {
    return this.#format.selectedOptions[0]?.textContent ?? "";
  }

  #chosen() {
    return this.#voices.find((voice) => voice.name === this.voice);
  }

  #showVoice(language = this.#language.value) {
    const voice = this.#chosen();
    if (!voice) return;
    const named = distinct(voice.languages.map((tag) => [languageName(tag), tag]));
    const [own] = named;
    named.sort(([a], [b]) => a.localeCompare(b));
    const options = named.map(([name, tag]) => new Option(name, tag));
    this.#language.replaceChildren(new Option(own ? `Auto: ${own[0]}` : "Auto", ""), ...options);
    choose(this.#language, language, "");
    this.#showAbout();
  }

  #showAbout() {
    const voice = this.#chosen();
    if (!voice) return;
    const state = voice.ready ? "" : " It is not ready yet.";
    byId("voice-about").textContent = `${voice.description}${state}`.trim();
  }

  /** Shows which voices are ready now, in the lists as they are: one may be open. */
  #refresh(voices) {
    this.#voices = voices;
    const titles = new Map(voices.map((voice) => [voice.name, voiceTitle(voice)]));
    for (const option of this.#voice.options) option.textContent = titles.get(option.value) ?? option.textContent;
    this.#showAbout();
  }

  #remember() {
    const { voice, language } = this;
    keep("session", "choices", JSON.stringify({ voice, language, format: this.#format.value }));
  }
}

function voiceTitle({ name, ready }) {
  return ready ? name : `${name} (not ready)`;
}

function formatOptions(formats) {
  const groups = new Map();
  for (const { encoding, sampleRateHz } of formats) {
    const name = PLAYED[encoding];
    if (!name) continue;
    if (!groups.has(name)) groups.set(name, element("optgroup", { label: ENCODING_NAMES[name] }));
    groups.get(name).append(new Option(`${ENCODING_NAMES[name].split(",")[0]} · ${sampleRateHz / 1000} kHz`, `${name}/${sampleRateHz}`));
  }
  return groups.values();
}

/** Adds the tag to a name that several tags share: "zh" and "cmn" are both Chinese. */
function distinct(named) {
  const names = named.map(([name]) => name);
  return named.map(([name, tag]) => [names.filter((one) => one === name).length > 1 ? `${name} (${tag})` : name, tag]);
}

function choose(list, ...wanted) {
  const values = [...list.options].map((option) => option.value);
  const found = wanted.find((value) => value !== undefined && values.includes(value));
  if (found !== undefined) list.value = found;
}

/** The English name of a language: "German (Austria)" for "de-AT". */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function remembered() {
  return JSON.parse(recall("session", "choices") || "{}");
}
