/**
 * Records what a node gives out, block by block: what is heard after it.
 *
 * Whatever is posted to it comes back among the blocks, in the order of the audio thread: a mark on the tape.
 */
class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.port.onmessage = () => this.port.postMessage(null);
  }

  process([[block]]) {
    if (block) this.port.postMessage(block.slice());
    return true;
  }
}
registerProcessor("recorder", Recorder);
