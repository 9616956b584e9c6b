"use strict";
/* Two films in one place, in turn: an eye sees a difference that two places hide. */
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

for (const button of document.querySelectorAll("button.flicker")) {
  const pair = button.closest(".pair");
  let clock = 0;
  const swap = () => pair.classList.toggle("other");
  button.hidden = false;
  button.addEventListener("click", () => {
    if (still.matches) {
      /* No motion wanted: every press shows the next state. */
      if (!pair.classList.contains("stacked")) pair.classList.add("stacked");
      else if (!pair.classList.contains("other")) pair.classList.add("other");
      else pair.classList.remove("stacked", "other");
    } else if (pair.classList.toggle("stacked")) {
      clock = window.setInterval(swap, 650);
    } else {
      window.clearInterval(clock);
      pair.classList.remove("other");
    }
    button.setAttribute("aria-pressed", String(pair.classList.contains("stacked")));
  });
}
