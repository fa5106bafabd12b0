/** One segment on the text page: what was written, what is said for it, and the rule behind each rewriting. */

import { element } from "./dom.js";

const ENDS = {
  forced: "between two words",
  comma: "at a comma",
  clause: "at a clause",
  sentence: "at a sentence",
  paragraph: "at a paragraph",
};

/**
 * Makes the list item of a segment.
 * @param {object} segment as `POST /v1/text` returns it; its offsets count code points
 * @param {string} language of what is said, BCP 47
 */
export function segmentItem(segment, language) {
  const { spoken, endsWith, pauseMs, settled, rules } = segment;
  const facts = [`Cut ${ENDS[endsWith]}`, ...(pauseMs ? [`pause of ${pauseMs} ms`] : [])].join(", ");
  return element(
    "li",
    { class: "reading", "data-settled": String(settled) },
    element(
      "p",
      { class: "facts" },
      element("span", { class: "badge" }, settled ? "Ready to speak" : "Waiting for more text"),
      element("span", {}, facts),
    ),
    element("p", { class: "said", dir: "auto", lang: language }, spoken || "(silent)"),
    element("p", { class: "written", dir: "auto" }, ...written(segment)),
    ...(rules.length ? [ruleTable(rules)] : []),
  );
}

/** The source, with the rewritten parts marked. */
function written({ raw, sourceStart, rules }) {
  const points = [...raw];
  const parts = [];
  let at = 0;
  for (const rule of rules) {
    const start = Math.max(at, rule.sourceStart - sourceStart);
    const end = Math.max(start, rule.sourceEnd - sourceStart);
    if (end === start) continue;
    parts.push(points.slice(at, start).join(""), element("mark", { title: rule.rule }, points.slice(start, end).join("")));
    at = end;
  }
  return [...parts, points.slice(at).join("")];
}

/** A rule's name, which a narrow page may break where its parts end. */
function breakable(name) {
  const parts = name.split(/(?<=[._])/);
  return parts.flatMap((part, at) => (at ? [element("wbr"), part] : [part]));
}

function ruleTable(rules) {
  const head = ["Written", "Said", "Rule"].map((name) => element("th", { scope: "col" }, name));
  const rows = rules.map((rule) =>
    element(
      "tr",
      {},
      element("td", { dir: "auto" }, rule.written.trim() ? rule.written : "(space)"),
      element("td", { dir: "auto" }, rule.spoken.trim() ? rule.spoken : "(nothing)"),
      element("td", {}, element("code", {}, ...breakable(rule.rule))),
    ),
  );
  return element(
    "table",
    { class: "rules" },
    element("caption", { class: "visually-hidden" }, "Rewritings"),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
}
