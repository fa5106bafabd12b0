/** Errors and warnings in words: what happened, why, and whether trying again makes sense. */

import { byId, element } from "./dom.js";

const MOST = 4;

/**
 * Shows a notice, in place of an equal one.
 * @param {object} notice kind ("error" or "warning"), reason, message, retryable, retryAfterS
 */
export function notify({ kind = "error", reason, message, retryable = false, retryAfterS = 0 }) {
  const place = byId("notices");
  const told = advice(retryable, retryAfterS);
  const key = `${kind} ${reason} ${message}`;
  for (const old of place.children) if (old.dataset.key === key) old.remove();
  const dismiss = element("button", { type: "button", class: "quiet", "aria-label": `Dismiss: ${message}` }, "Dismiss");
  const notice = element(
    "div",
    { class: `notice ${kind}`, "data-key": key, "data-reason": reason },
    element("p", {}, element("strong", {}, title(kind, reason)), " ", element("span", {}, sentence(message)), told ? ` ${told}` : ""),
    dismiss,
  );
  dismiss.addEventListener("click", () => {
    notice.remove();
    byId("text").focus();
  });
  place.prepend(notice);
  while (place.children.length > MOST) place.lastElementChild.remove();
}

/** Removes all notices. */
export function clearNotices() {
  byId("notices").replaceChildren();
}

function title(kind, reason) {
  const words = reason.replaceAll("_", " ");
  return kind === "warning" ? `Note: ${words}.` : `${words[0].toUpperCase()}${words.slice(1)}.`;
}

function sentence(message) {
  const text = message.trim();
  return text ? `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}` : "";
}

function advice(retryable, retryAfterS) {
  if (retryAfterS > 0) return `Try again in ${Math.ceil(retryAfterS)} s.`;
  return retryable ? "Trying again may help." : "";
}
