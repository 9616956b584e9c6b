"use strict";
/* A wide table of the card moves sideways in its own box, by key too, and not with the page. */
for (const [number, table] of [...document.querySelectorAll("#card table")].entries()) {
  const box = document.createElement("div");
  box.className = "scroll";
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  const heading = [...document.querySelectorAll("#card :is(h1, h2, h3)")]
    .filter((one) => one.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
  box.setAttribute("aria-label", `Table ${number + 1}: ${heading ? heading.textContent : ""}`);
  table.replaceWith(box);
  box.append(table);
}
