/** Records what a node gives out, block by block: what is heard after it. */
class Recorder extends AudioWorkletProcessor {
  process([[block]]) {
    if (block) this.port.postMessage(block.slice());
    return true;
  }
}
registerProcessor("recorder", Recorder);
