/** The theme: light, dark, or that of the system; remembered in this browser. */

import { keep, recall } from "./memory.js";

const ORDER = ["system", "light", "dark"];

/** Makes a button cycle through the themes. */
export function themeButton(button) {
  let theme = recall("local", "theme") || "system";
  const show = () => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.dataset.theme = theme;
    button.querySelector(".label").textContent = `Theme: ${theme}`;
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    keep("local", "theme", theme);
    show();
  });
  show();
}
