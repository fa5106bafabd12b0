/** What the page remembers: for a tab (`session`) or for this browser (`local`); nothing where the browser keeps nothing. */

const STORES = { session: () => sessionStorage, local: () => localStorage };

/** A text that was kept, or "". */
export function recall(where, name) {
  try {
    return STORES[where]().getItem(`legato-${name}`) ?? "";
  } catch {
    return "";
  }
}

/** Keeps a text. */
export function keep(where, name, text) {
  try {
    STORES[where]().setItem(`legato-${name}`, text);
  } catch {
    // Not remembered then.
  }
}
