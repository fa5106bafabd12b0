/** What the page remembers, for a tab (`session`) or for this browser (`local`); nothing if the browser allows no storage. */

const STORES = { session: () => sessionStorage, local: () => localStorage };

/** Returns a text that was kept, or "". */
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
    // Then it is not remembered.
  }
}
