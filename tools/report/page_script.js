"use strict";
// A click on a column's head sorts its table: numbers by data-v, else by text; again: the other way.
function sortBy(head) {
  const row = head.parentNode, body = head.closest("table").tBodies[0];
  const at = Array.prototype.indexOf.call(row.cells, head), number = head.classList.contains("n");
  const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : number;
  const key = (line) => {
    const cell = line.cells[at];
    if (!cell) return number ? -Infinity : "";
    if (!number) return cell.textContent;
    return cell.dataset.v === undefined ? -Infinity : Number(cell.dataset.v);
  };
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const lines = Array.from(body.rows, (line) => [key(line), line]);
  lines.sort((a, b) => (down ? order(b[0], a[0]) : order(a[0], b[0])));
  for (const other of row.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...lines.map((line) => line[1]));
}
for (const head of document.querySelectorAll("th")) {
  head.addEventListener("click", () => sortBy(head));
}
// Boxes of the pictures, shown or not.
for (const box of document.querySelectorAll("input[data-hides]")) {
  box.addEventListener("change", () => document.body.classList.toggle(box.dataset.hides, !box.checked));
}
