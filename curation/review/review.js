"use strict";
/* One pair at a time. Words of strangers go into the page as text only, never as markup. */
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const answers = new Map(); /* number of the pair -> {ruling, when} */
let order = []; /* numbers of the pairs in the order in which they were answered */
let place = 0, canKeep = true, isSaved = true, clock = 0, view = "side", isInverted = false;

function today() {
  const now = new Date();
  const two = (part) => String(part).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/* What is kept is a courtesy: some browsers keep nothing for a page from disk. */
function keep() {
  try {
    const kept = order.map((number) => [number, answers.get(number)]);
    localStorage.setItem(data.key, JSON.stringify({ kept, who: at("who").value }));
  } catch {
    canKeep = false;
  }
  at("unkept").hidden = canKeep;
}

function recall() {
  try {
    const { kept, who } = JSON.parse(localStorage.getItem(data.key) ?? '{"kept": [], "who": ""}');
    const rulings = Object.values(data.keys);
    for (const [number, answer] of kept) {
      if (!data.pairs[number] || !rulings.includes(answer.ruling)) continue;
      answers.set(number, answer);
      order.push(number);
    }
    at("who").value = who;
    isSaved = order.length === 0;
  } catch {
    answers.clear();
    order = [];
  }
}

function show(number) {
  place = Math.min(Math.max(number, 0), data.pairs.length - 1);
  const pair = data.pairs[place];
  const [a, b] = [data.films[pair.a], data.films[pair.b]];
  at("place").textContent = String(place + 1);
  at("why").textContent = pair.why;
  at("machine").textContent =
    `the machine says ${pair.relation.replaceAll("_", " ")}, likeness ${pair.score.toFixed(3)}`;
  film("a", pair.a, a);
  film("b", pair.b, b);
  at("conflict").hidden = pair.why !== "label conflict";
  at("line").textContent = `${pair.a},findings,FINDING,REASON,WHO,${today()}`;
  const rows = data.names.flatMap((name, n) => words(name, a.words[n], b.words[n]));
  /* What differs comes first: it is what the eye is there for. */
  const differs = (row) => Number(row.classList.contains("differs"));
  at("words").replaceChildren(...rows.sort((one, other) => differs(other) - differs(one)));
  lay(view);
  mark();
}

function film(side, name, known) {
  const picture = at(`picture-${side}`);
  picture.hidden = !known.picture;
  picture.nextElementSibling.hidden = Boolean(known.picture);
  if (known.picture) picture.src = known.picture;
  picture.alt = `Film ${name}: ${known.words[0]}`;
  const caption = at(`name-${side}`);
  const text = known.address ? document.createElement("a") : document.createElement("span");
  if (known.address) Object.assign(text, { href: known.address, rel: "noreferrer noopener nofollow" });
  text.textContent = name;
  caption.replaceChildren(text);
}

function words(name, one, other) {
  if (!one && !other) return [];
  const row = document.createElement("tr");
  const cell = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });
  row.append(cell("th", name), cell("td", one || "–"), cell("td", other || "–"));
  row.firstChild.scope = "row";
  row.classList.toggle("differs", Boolean(one && other && one !== other));
  return [row];
}

function mark() {
  for (const button of document.querySelectorAll("[data-ruling]")) {
    const isGiven = answers.get(place)?.ruling === button.dataset.ruling;
    button.setAttribute("aria-pressed", String(isGiven));
  }
  at("progress").value = answers.size;
  at("decided").textContent = `${answers.size} decided`;
  at("undo").disabled = order.length === 0;
}

function answer(ruling) {
  answers.set(place, { ruling, when: today() });
  order = [...order.filter((number) => number !== place), place];
  isSaved = false;
  keep();
  const numbers = data.pairs.map((_, number) => number);
  const later = [...numbers.slice(place + 1), ...numbers.slice(0, place)];
  const open = later.find((number) => !answers.has(number));
  if (open === undefined) { mark(); ask(); } else show(open);
}

function undo() {
  if (order.length === 0) return;
  const last = order.pop();
  answers.delete(last);
  keep();
  show(last);
}

/* Two films in one place, in turn or subtracted: an eye sees what two places hide. */
function lay(wanted) {
  view = wanted;
  const films = at("films");
  window.clearInterval(clock);
  films.classList.remove("other");
  films.classList.toggle("over", view !== "side");
  films.classList.toggle("blink", view === "blink");
  films.classList.toggle("difference", view === "difference");
  films.classList.toggle("inverted", isInverted && view !== "difference");
  if (view === "blink" && !still.matches) {
    clock = window.setInterval(() => films.classList.toggle("other"), 600);
  }
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  at("invert").setAttribute("aria-pressed", String(isInverted));
}

function blink() {
  const films = at("films");
  /* No motion wanted: every press shows the other film, the third lays them side by side. */
  if (view === "blink" && still.matches && !films.classList.contains("other")) {
    films.classList.add("other");
  } else lay(view === "blink" ? "side" : "blink");
}

function invert() {
  isInverted = !isInverted;
  lay(view);
}

const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function lines() {
  const who = at("who").value.replace(/\s+/g, " ").trim();
  return order.map((number) => {
    const { a, b } = data.pairs[number];
    const { ruling, when } = answers.get(number);
    const cells = { a_sha256: data.films[a].sha256, b_sha256: data.films[b].sha256,
      verdict: ruling, who, when };
    return data.header.map((column) => quoted(cells[column])).join(",") + "\n";
  }).join("");
}

function ask() {
  at("lines").value = lines();
  at("done").textContent = "";
  at("nameless").hidden = true;
  if (!at("export").open) at("export").showModal();
}

/* True when there is a name to put into the lines. */
function isNamed() {
  const isThere = at("who").value.trim() !== "";
  at("nameless").hidden = isThere;
  if (!isThere) at("who").focus();
  return isThere;
}

function download() {
  if (!isNamed()) return;
  const file = new Blob([data.header.join(",") + "\n" + lines()], { type: "text/csv" });
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(file), download: "reviewed-pairs.csv",
  });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  isSaved = true;
  at("done").textContent = `${order.length} lines saved`;
}

function copy() {
  if (!isNamed()) return;
  at("lines").select();
  /* The newer way needs a secure page, which one from disk is not everywhere. */
  isSaved = document.execCommand("copy");
  at("done").textContent = isSaved ? `${order.length} lines copied` : "not copied; select them";
}

const acts = { u: undo, b: blink, i: invert, e: ask, ArrowLeft: () => show(place - 1),
  ArrowRight: () => show(place + 1), x: () => lay(view === "difference" ? "side" : "difference") };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || at("export").open) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = data.keys[key] ? () => answer(data.keys[key]) : acts[key];
  if (!act || event.repeat && data.keys[key]) return;
  event.preventDefault();
  act();
});
for (const button of document.querySelectorAll("[data-ruling]")) {
  button.addEventListener("click", () => answer(button.dataset.ruling));
}
for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => (button.dataset.view === "blink" ? blink() : lay(button.dataset.view)));
}
for (const [id, act] of Object.entries({ back: acts.ArrowLeft, next: acts.ArrowRight, undo, invert,
  download, copy, "export-open": ask, "export-close": () => at("export").close() })) {
  at(id).addEventListener("click", act);
}
at("who").addEventListener("input", () => {
  at("lines").value = lines();
  at("nameless").hidden = true;
  keep();
});
window.addEventListener("beforeunload", (event) => {
  if (!isSaved && !canKeep) event.preventDefault();
});

recall();
keep();
const open = data.pairs.findIndex((_, number) => !answers.has(number));
show(open < 0 ? 0 : open);
