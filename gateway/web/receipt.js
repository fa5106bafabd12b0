/** The latency receipt as a waterfall: where each millisecond of the time to first byte went. */

import { duration, element, grouped } from "./dom.js";

/** What the page calls the stages of proto/legato/v1/receipt.proto. */
const STAGES = {
  text_wait: "Waiting for text",
  segment: "Finding a phrase",
  queue: "Waiting for a voice",
  acquire: "Getting a line",
  send: "Sending",
  vendor: "Waiting for audio",
  silence: "Leading silence",
  turn_wait: "Waiting its turn",
  encode: "Encoding",
  write: "Writing",
};

/** Whose time each stage is; those that are not here are the gateway's. */
const OWNERS = { text_wait: "text", turn_wait: "text", vendor: "voice", silence: "voice" };
const OWNER_NAMES = { voice: "The voice", gateway: "The gateway", text: "Your text and its turn" };
const owner = (stage) => OWNERS[stage] ?? "gateway";

/**
 * Draws the waterfall of one receipt.
 * @param {object} receipt as JSON
 * @returns {HTMLElement}
 */
export function waterfall(receipt) {
  if (receipt.ttfbMs === undefined) {
    return element("p", { class: "hint" }, "No audio was written, so there are no times to show.");
  }
  const total = Math.max(receipt.ttfbMs, 0.001);
  let before = 0;
  const rows = receipt.stages.map(({ stage, ms }) => {
    const row = stageRow(stage, ms, before / total, ms / total);
    before += ms;
    return row;
  });
  return element(
    "table",
    { class: "waterfall" },
    element("caption", {}, `Where the first ${duration(receipt.ttfbMs)} went`),
    element("thead", { class: "visually-hidden" }, header()),
    element("tbody", {}, ...rows),
  );
}

function header() {
  const names = ["Stage", "When", "Time"];
  return element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
}

function stageRow(stage, ms, from, share) {
  const bar = element("span", { class: "bar", "data-owner": owner(stage) });
  bar.style.setProperty("--from", `${(from * 100).toFixed(3)}%`);
  bar.style.setProperty("--share", `${(share * 100).toFixed(3)}%`);
  return element(
    "tr",
    { "data-stage": stage, class: share < 0.01 ? "small" : "" },
    element("th", { scope: "row" }, STAGES[stage] ?? stage),
    element("td", { class: "track", "aria-hidden": "true" }, bar),
    element("td", { class: "ms" }, duration(ms)),
  );
}

/**
 * The waterfall in one line: whose time it was. It also says what the colours of the bars mean.
 * @param {object} receipt as JSON
 * @returns {HTMLElement|string} nothing where no audio was written
 */
export function shares(receipt) {
  if (receipt.ttfbMs === undefined) return "";
  const rows = Object.entries(OWNER_NAMES).map(([name, told]) => {
    const ms = receipt.stages.reduce((sum, stage) => sum + (owner(stage.stage) === name ? stage.ms : 0), 0);
    const swatch = element("span", { class: "swatch", "data-owner": name, "aria-hidden": "true" });
    return element("li", {}, swatch, `${told} `, element("strong", {}, duration(ms)));
  });
  return element("ul", { class: "shares", "aria-label": "Whose time it was" }, ...rows);
}

/** The receipt's figures as pairs of a name and a value. */
export function figures(receipt) {
  const pairs = [];
  const put = (name, value) => value !== undefined && value !== "" && pairs.push([name, value]);
  const time = (ms) => (ms === undefined ? undefined : duration(ms));
  put("First byte", time(receipt.ttfbMs));
  put("From first phrase", time(receipt.ttfbSpeakableMs));
  put("First sound", time(receipt.ttfaMs));
  put("Characters in", grouped(receipt.acceptedChars));
  put("Characters to the voice", grouped(receipt.sentChars));
  if (receipt.cachedChars) put("Characters from the cache", grouped(receipt.cachedChars));
  put("Audio messages", grouped(receipt.chunks));
  put("Route", receipt.route && receipt.route.replace(/\/$/, ""));
  // Not all of them failed: one may have repeated the beginning from the audio cache.
  if (receipt.attempts > 1) put("Lines asked for", grouped(receipt.attempts));
  return pairs;
}
