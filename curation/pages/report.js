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

/* The values behind a drawing, read out where one points, or with the arrow keys. */
const HINT = "Values: point at the drawing, or press ← → on it.";

function marksOf(drawing) {
  const marks = [];
  for (const line of drawing.querySelectorAll("path[data-values]")) {
    const places = line.getAttribute("d").slice(1).split("L");
    line.dataset.values.split(",").forEach((pair, number) => {
      const [x, y] = places[number].split(" ").map(Number), [across, up] = pair.split(" ");
      const words = `${line.dataset.name}: ${drawing.dataset.across} ${across}, `
        + `${drawing.dataset.up} ${up}`;
      marks.push({ x, y, words });
    });
  }
  for (const one of drawing.querySelectorAll("[data-words]")) {
    const box = one.getBBox();
    marks.push({ x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 8),
      words: one.dataset.words });
  }
  return marks;
}

function readOut(drawing, output) {
  let marks = null, now = -1;
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "ring");
  ring.setAttribute("r", "7");
  const show = (number) => {
    now = number;
    ring.setAttribute("cx", marks[now].x);
    ring.setAttribute("cy", marks[now].y);
    drawing.append(ring);
    output.textContent = marks[now].words;
  };
  const ready = () => { marks = marks || marksOf(drawing); return marks.length > 0; };
  drawing.addEventListener("pointermove", (event) => {
    if (!ready()) return;
    const at = new DOMPoint(event.clientX, event.clientY)
      .matrixTransform(drawing.getScreenCTM().inverse());
    const far = marks.map((mark) => Math.hypot(mark.x - at.x, mark.y - at.y));
    show(far.indexOf(Math.min(...far)));
  });
  return (step) => { if (ready()) show((now + step + marks.length) % marks.length); };
}

/* Every picture and drawing can be seen large. */
const LARGE = ":is(figure img, svg.chart, svg.sankey)";
const box = document.createElement("dialog");
box.className = "large";
box.setAttribute("aria-labelledby", "large-words");
box.innerHTML = '<div class="bar"><button type="button">← Previous</button>'
  + '<button type="button">Next →</button><span class="soft small"></span>'
  + '<button type="button">Smaller</button><button type="button">Larger</button>'
  + '<button type="button">Close (Esc)</button></div>'
  + '<div class="stage" tabindex="0" role="region" aria-label="Enlarged"></div>'
  + '<p id="large-words" aria-live="polite"></p><p class="soft small"></p>';
document.body.append(box);
const [before, after, smaller, larger, shut] = box.querySelectorAll("button");
const [count, note] = box.querySelectorAll(".soft"), stage = box.querySelector(".stage");
const openers = [];
let shown = 0, times = 1;

function sized(step) {
  times = Math.min(6, Math.max(1, times * step));
  stage.style.setProperty("--times", String(times));
  smaller.disabled = times === 1;
  larger.disabled = times === 6;
}

function show(number) {
  const seen = openers.filter((one) => one.checkVisibility());
  shown = (number + seen.length) % seen.length;
  const given = seen[shown].firstElementChild, copy = given.cloneNode(true);
  const isFilm = given.matches("img");
  stage.replaceChildren(copy);
  copy.querySelectorAll(".ring").forEach((ring) => ring.remove());
  /* Named once, by the words below. */
  copy.setAttribute(isFilm ? "alt" : "aria-hidden", isFilm ? "" : "true");
  const words = document.getElementById("large-words");
  words.textContent = isFilm ? given.alt : given.getAttribute("aria-label");
  const key = seen[shown].parentElement.querySelector(":scope > .key");
  if (!isFilm && key) stage.append(key.cloneNode(true));
  if (!isFilm) readOut(copy, words);
  count.textContent = `${shown + 1} of ${seen.length}`;
  note.textContent = isFilm
    ? `A picture of ${given.naturalWidth} × ${given.naturalHeight} pixels, enlarged: the page`
      + " holds no larger one." : "";
  times = 1;
  sized(1);
  box.seen = seen;
}

for (const given of document.querySelectorAll(LARGE)) {
  const opener = document.createElement("button");
  opener.type = "button";
  opener.className = "opener";
  opener.setAttribute("aria-haspopup", "dialog");
  given.replaceWith(opener);
  opener.append(given);
  openers.push(opener);
  opener.addEventListener("click", () => {
    show(openers.filter((one) => one.checkVisibility()).indexOf(opener));
    box.showModal();
  });
  if (!given.matches("svg.chart")) continue;
  const output = document.createElement("output");
  output.className = "readout small soft";
  output.textContent = HINT;
  (opener.parentElement.querySelector(":scope > .key") || opener).after(output);
  const step = readOut(given, output);
  opener.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    step(way);
  });
}

before.addEventListener("click", () => show(shown - 1));
after.addEventListener("click", () => show(shown + 1));
smaller.addEventListener("click", () => sized(1 / 1.5));
larger.addEventListener("click", () => sized(1.5));
shut.addEventListener("click", () => box.close());
box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
box.addEventListener("keydown", (event) => {
  /* A picture that is larger than its stage is moved with the arrows. */
  const isMoved = times > 1 && document.activeElement === stage;
  const act = { ArrowLeft: () => show(shown - 1), ArrowRight: () => show(shown + 1),
    "+": () => sized(1.5), "-": () => sized(1 / 1.5) }[event.key];
  if (!act || (isMoved && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  act();
});
/* Where the eye is: at the picture that was seen last. */
box.addEventListener("close", () => box.seen[shown].focus());

/* Paper has nothing to press: what is folded is printed open. */
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((one) => { one.open = true; });
});
window.addEventListener("afterprint", () => folded.forEach((one) => { one.open = false; }));
