/**
 * Plays the samples of one track on the audio thread: gapless, stopping and resuming at an exact sample.
 *
 * Rules:
 * - Queued samples are played one by one, unaltered; offsets are those of the track's clock.
 * - Playback starts once `prebuffer` samples are queued, or `patience` samples after the first came, so that short utterances start.
 * - Stop and pause fade out over one block that is not counted as played; resume repeats the block played last, fading in.
 * - Silence inside an utterance that has begun is an underrun, counted in samples.
 */

const REPORT_BLOCKS = 8;

class LegatoPlayer extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.prebuffer = processorOptions.prebuffer;
    this.patience = processorOptions.patience;
    this.queue = [];
    this.at = 0; // position in the first chunk
    this.queued = 0; // samples not yet played
    this.position = 0; // the track's clock: the next sample to play
    this.state = "idle"; // idle | filling | playing | paused
    this.waited = 0;
    this.underruns = 0;
    this.underrunSamples = 0;
    this.dry = 0; // samples of silence since the queue ran out
    this.utterance = 0; // ordinal of the utterance whose sample was played last
    this.tail = null; // a block that fades out or in, to be played next
    this.past = new Float32Array(128);
    this.blocks = 0;
    this.movedAt = 0; // the context's time at which `position` was exact
    this.ended = false;
    this.port.onmessage = ({ data }) => this[data.do](data);
  }

  push({ samples, offset, utterance }) {
    const chunk = { samples, offset, utterance };
    if (this.queued === 0) {
      this.interrupted(chunk);
      this.position = offset;
      if (this.state === "idle") {
        this.state = "filling";
        this.waited = 0;
      }
    }
    this.queue.push(chunk);
    this.queued += samples.length;
  }

  interrupted(chunk) {
    // A decoder may have given silence that is not of the sound, before a pause in the text: what goes on has an earlier offset then.
    const goesOn = chunk.utterance === this.utterance && chunk.offset <= this.position;
    if (goesOn && this.dry > 0 && this.state !== "paused") {
      this.underruns += 1;
      this.underrunSamples += this.dry;
    }
  }

  pause() {
    if (this.state === "playing") this.tail = this.fadeOut();
    this.state = "paused";
    this.report();
  }

  resume() {
    if (this.state !== "paused") return;
    if (this.queued > 0) this.tail = ramp(this.past.slice(), 1);
    this.state = this.queued > 0 ? "playing" : "idle";
    this.dry = 0;
    this.report();
  }

  stop() {
    if (this.state === "playing") this.tail = this.fadeOut();
    this.queue = [];
    this.at = this.queued = this.dry = this.utterance = 0;
    this.past.fill(0);
    this.state = "idle";
    this.report();
  }

  /** Lets the browser drop the processor: until then it runs, connected or not. */
  end() {
    this.ended = true;
  }

  /** The next block, fading out and not counted as played. */
  fadeOut() {
    const block = new Float32Array(128);
    const { queue, at, queued, position, utterance } = this;
    this.take(block);
    Object.assign(this, { queue, at, queued, position, utterance });
    return ramp(block, -1);
  }

  process(_inputs, [[out]]) {
    if (this.ended) return false;
    this.blocks += 1;
    if (this.tail) {
      out.set(this.tail.subarray(0, out.length));
      this.tail = null;
    } else if (this.state === "filling") {
      this.waited += out.length;
      if (this.queued >= this.prebuffer || this.waited >= this.patience) this.state = "playing";
    } else if (this.state === "playing") {
      this.play(out);
    }
    if (this.blocks % REPORT_BLOCKS === 0 && this.state !== "idle") this.report();
    return true;
  }

  play(out) {
    const played = this.take(out);
    if (played > 0) this.movedAt = currentTime + played / sampleRate;
    this.past.copyWithin(0, played);
    this.past.set(out.subarray(0, played), 128 - played);
    if (played < out.length) {
      if (this.dry === 0) this.report();
      this.dry += out.length - played;
      if (this.dry > sampleRate) this.state = "idle";
    } else {
      this.dry = 0;
    }
  }

  /** Fills `out` from the queue; returns how many samples there were. */
  take(out) {
    let done = 0;
    let queue = this.queue;
    while (done < out.length && queue.length > 0) {
      const { samples, offset, utterance } = queue[0];
      const count = Math.min(samples.length - this.at, out.length - done);
      for (let i = 0; i < count; i += 1) out[done + i] = samples[this.at + i] / 32768;
      this.at += count;
      done += count;
      this.position = offset + this.at;
      this.utterance = utterance;
      if (this.at === samples.length) {
        queue = this.queue = queue.slice(1);
        this.at = 0;
      }
    }
    this.queued -= done;
    return done;
  }

  report() {
    const { state, position, queued, underruns, underrunSamples, movedAt: time } = this;
    this.port.postMessage({ state, position, queued, underruns, underrunSamples, time });
  }
}

/** Fades a block in (1) or out (-1), in place. */
function ramp(block, direction) {
  const last = block.length - 1;
  for (let i = 0; i <= last; i += 1) block[i] *= direction > 0 ? i / last : 1 - i / last;
  return block;
}

registerProcessor("legato-player", LegatoPlayer);
