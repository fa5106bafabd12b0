/**
 * The playground: one stream, its player, and the utterances on the page.
 *
 * `globalThis.playground` is there for the browser's console and for tests.
 */

import { Announcer } from "./announcer.js";
import { catalogue, Choices, languageName } from "./choices.js";
import { Composer } from "./composer.js";
import { bringIntoView, byId } from "./dom.js";
import { connect, Player } from "./legato.js";
import { keep, recall } from "./memory.js";
import { clearNotices, notify } from "./notices.js";
import { summary, Take } from "./take.js";
import { themeButton } from "./theme.js";
import { Typist } from "./typist.js";

const MOST_TAKES = 12;
const LEAVING_MS = 1_000;

class Playground {
  #takes = new Map();
  #shown = [];
  #typists = new Map();
  #choices = new Choices();
  #composer = new Composer();
  #connecting = null;
  #format = "";
  #count = 0;
  #drawing = false;
  #announcer = new Announcer();

  speech = null;
  player = null;
  paused = false;

  /** A promise that settles once the voices are known, or a notice says why they are not. */
  ready = null;

  constructor() {
    themeButton(byId("theme"));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#guard(() => this.speak());
    });
    byId("pause").addEventListener("click", () => this.#guard(() => this.pauseOrResume()));
    byId("stop").addEventListener("click", () => this.stop());
    byId("key").addEventListener("change", () => this.#guard(() => this.begin()));
    document.addEventListener("keydown", (event) => this.#key(event));
    byId("key").value = recall("session", "key");
    this.#composer.addEventListener("touched", () => this.#prepare());
    this.#composer.addEventListener("pace", () => this.#setPace());
  }

  /** Fetches what can be spoken. */
  async begin() {
    const key = byId("key").value.trim();
    keep("session", "key", key);
    try {
      this.#choices.fill(await catalogue(key));
      this.#choices.follow(key);
      clearNotices();
      this.#status("idle", "Ready");
    } catch (error) {
      this.#status("lost", "Not connected");
      throw error;
    }
  }

  /** Speaks the text in the text field, after whatever is being spoken. */
  async speak() {
    const { text } = this.#composer;
    clearNotices();
    if (this.#cannotSay()) return;
    if (!this.#choices.ready) await this.begin();
    await this.#connected();
    if (this.#cannotSay()) return; // how much the stream takes is known only now
    await this.player.wake();
    if (this.paused) await this.pauseOrResume();
    const utterance = this.speech.begin({ voice: this.#choices.voice, language: this.#choices.language });
    const take = this.#show(utterance);
    if (this.#composer.tokens) this.#typeInto(utterance, text);
    else this.#giveWhole(utterance, text);
    bringIntoView(take.element);
    this.#controls();
  }

  /** Barge-in: stops the sound at once and tells the gateway how far the listener had got. */
  stop() {
    if (!this.#active) return;
    for (const typist of this.#typists.values()) typist.stop();
    this.#typists.clear();
    const playedSample = this.player.stop();
    this.paused = false;
    this.speech.cancel({ playedSample });
    this.#controls();
  }

  /** Holds the voice, or lets it go on: also where the browser has stopped the sound meanwhile, as for a phone call. */
  async pauseOrResume() {
    if (!this.#active) return;
    this.paused = !this.paused;
    for (const part of [this.player, this.speech]) part[this.paused ? "pause" : "resume"]();
    for (const take of this.#takes.values()) {
      if (take.begun) take.show(this.paused ? "paused" : "speaking");
    }
    this.#announcer.say(this.paused ? "Paused" : "Speaking");
    this.#controls();
    if (!this.paused) await this.player.wake();
  }

  /** The takes on the page, newest first. */
  get takes() {
    return [...this.#shown];
  }

  get #active() {
    return this.#takes.size > 0 && this.player !== null;
  }

  // --- the stream

  async #connected() {
    const format = this.#choices.format;
    const wanted = JSON.stringify([format, byId("key").value]);
    if (this.#connecting) await this.#connecting; // perhaps for a format that was chosen before
    if (this.speech && !this.speech.closed && !this.speech.leaving && wanted === this.#format) return;
    this.#connecting ??= this.#connect(format, wanted).finally(() => {
      this.#connecting = null;
    });
    await this.#connecting;
  }

  async #connect(format, wanted) {
    this.#status("busy", "Connecting");
    const key = byId("key").value.trim();
    // A gateway that is shutting down goes on speaking until another one has let us in.
    if (!this.speech?.leaving) await this.#leave();
    try {
      const options = { ...format, voice: this.#choices.voice, language: this.#choices.language };
      const speech = await connect({ ...options, key, words: true, finishWhenHeard: true });
      await this.#leave();
      this.#follow(speech);
      this.player = await opened(speech);
      this.speech = speech;
      this.#composer.limit(speech.limits);
      this.#format = wanted;
      this.#status("open", "Connected");
    } catch (error) {
      this.#status(...(this.speech?.closed === false ? ["open", "Connected"] : ["lost", "Not connected"]));
      throw error;
    }
  }

  /** Stops the speech, waits a moment for the gateway to report what was heard, and closes the stream. */
  async #leave() {
    const { speech, player } = this;
    if (!speech) return;
    this.stop();
    if (!speech.closed) await this.#silence(speech);
    this.speech = this.player = null;
    speech.close();
    await player?.close();
  }

  #silence(speech) {
    return new Promise((resolve) => {
      const look = () => this.#takes.size === 0 && resolve();
      for (const type of ["finished", "cancelled", "failed"]) speech.addEventListener(type, look);
      setTimeout(resolve, LEAVING_MS);
      look();
    });
  }

  #follow(speech) {
    const on = (type, take) => speech.addEventListener(type, ({ detail }) => take(detail));
    const withTake = (type, act) =>
      on(type, (detail) => {
        const take = this.#takes.get(detail.utterance);
        if (take) act(take, detail);
      });
    withTake("started", (take, detail) => take.started(detail));
    withTake("audio", (take, detail) => {
      take.audio(detail);
      this.#draw();
    });
    withTake("words", (take, detail) => take.transcript.word(detail));
    for (const type of ["finished", "cancelled", "failed"]) withTake(type, (take, detail) => this.#end(type, take, detail));
    on("warning", ({ utterance, code, message }) => {
      // If the text was refused, the error has already said why it is not spoken.
      if (code !== "nothing_to_say" || !this.#takes.get(utterance)?.refused) notify({ kind: "warning", reason: code, message });
    });
    on("error", (detail) => this.#refused(detail));
    on("goaway", () => {
      speech.leaving = true;
    });
    on("close", ({ error }) => this.#closed(speech, error));
  }

  #end(type, take, detail) {
    take[type](detail);
    this.#typists.get(detail.utterance)?.stop();
    this.#typists.delete(detail.utterance);
    this.#takes.delete(detail.utterance);
    if (type === "failed") notify(detail.error);
    this.#announcer.say(take.silent ? "Nothing was said." : summary(type, detail));
    // The gateway itself cancelled what was still sounding, for instance when a pause ran out.
    if (type === "cancelled" && !detail.utterance.fenced) this.player.stop();
    if (!this.#active) this.paused = false;
    this.#controls();
  }

  #refused(detail) {
    notify(detail);
    const take = this.#takes.get(detail.utterance);
    if (take) take.refused = true;
  }

  #closed(speech, error) {
    if (this.speech !== speech) return;
    if (error && !speech.leaving) notify(error);
    this.#status(error && !speech.leaving ? "lost" : "idle", error && !speech.leaving ? "Not connected" : "Ready");
  }

  // --- text

  /** Tells what is wrong with the text, if anything is. */
  #cannotSay() {
    const { trouble } = this.#composer;
    if (trouble === null) return false;
    this.#composer.focus();
    notify(trouble);
    return true;
  }

  #giveWhole(utterance, text) {
    this.#takes.get(utterance).transcript.append(text);
    utterance.send(text);
    utterance.end();
  }

  #typeInto(utterance, text) {
    const take = this.#takes.get(utterance);
    take.transcript.writing = true;
    const write = (token) => {
      take.transcript.append(token);
      utterance.send(token);
    };
    const done = () => {
      take.transcript.writing = false;
      utterance.end();
      this.#typists.delete(utterance);
    };
    this.#typists.set(utterance, new Typist(text, this.#composer.pace, write, done));
  }

  #setPace() {
    for (const typist of this.#typists.values()) typist.pace = this.#composer.pace;
  }

  // --- the page

  #show(utterance) {
    this.#count += 1;
    const { voice, language, spokenLanguage, formatName } = this.#choices;
    const take = new Take({
      number: this.#count,
      voice,
      language: spokenLanguage,
      languageName: language ? languageName(language) : "",
      formatName,
      sampleRate: this.speech.sampleRate,
    });
    for (const old of this.#shown) old.fold();
    this.#takes.set(utterance, take);
    this.#shown.unshift(take);
    byId("empty")?.replaceWith(byId("examples"));
    byId("takes").prepend(take.element);
    for (const old of this.#shown.splice(MOST_TAKES)) old.element.remove();
    return take;
  }

  #draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    const frame = () => {
      const position = this.player?.position ?? 0;
      for (const take of this.#takes.values()) take.listen(position);
      this.#drawing = this.#active;
      if (this.#drawing) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #controls() {
    const focused = document.activeElement; // some browsers take it from a button at once when that is disabled
    byId("stop").disabled = byId("pause").disabled = !this.#active;
    byId("pause").querySelector("span").textContent = this.paused ? "Resume" : "Pause";
    byId("pause").classList.toggle("resumes", this.paused);
    if (!this.#active && [byId("stop"), byId("pause")].includes(focused)) byId("speak").focus();
  }

  #status(state, words) {
    byId("connection").dataset.state = state;
    byId("connection").querySelector(".said").textContent = words;
  }

  #key(event) {
    if (event.isComposing) return; // it is meant for the input method
    if (event.key === "Escape" && this.#active) {
      event.preventDefault();
      this.stop();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) this.#guard(() => this.speak());
    }
  }

  /** Connects ahead of time, so that a line is ready while the user still looks at the text. */
  #prepare() {
    if (this.#choices.ready && !this.#active) this.#guard(() => this.#connected());
  }

  async #guard(act) {
    try {
      await act();
    } catch (error) {
      if (error.reason === undefined) throw error;
      if (error.reason === "unauthenticated") byId("key-field").hidden = false;
      notify(error);
    }
  }

  /** Starts the page. */
  start() {
    return (this.ready = this.#guard(() => this.begin()));
  }
}

async function opened(speech) {
  try {
    return await Player.open(speech);
  } catch (error) {
    speech.close();
    throw error;
  }
}

globalThis.playground = new Playground();
await globalThis.playground.start();
