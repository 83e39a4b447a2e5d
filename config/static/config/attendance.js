// Keyboard and "all present" on the attendance grid. Without it each cell is a plain list and the form submits.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] };

const rowsOf = (form) => [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll(".mark-cell select")]);
const codesOf = (cell) => [...cell.options].map((option) => option.value).filter(Boolean);

function setMark(cell, code) {
  if (cell.disabled || cell.value === code) return;
  cell.value = code;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
  cell.dispatchEvent(new Event("change", { bubbles: true }));
}

// The next cell that can be marked in one direction; the same cell at the edge.
function neighbour(form, cell, [down, right]) {
  const rows = rowsOf(form);
  let y = rows.findIndex((row) => row.includes(cell));
  let x = rows[y].indexOf(cell);
  do { y += down; x += right; } while (rows[y]?.[x]?.disabled);
  return rows[y]?.[x] ?? cell;
}

function onKey(event) {
  const cell = event.target.closest(".mark-cell select");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const form = cell.form;
  const code = event.key.length === 1 ? event.key.toUpperCase() : "";
  if (STEPS[event.key]) {
    event.preventDefault();
    neighbour(form, cell, STEPS[event.key]).focus();
  } else if (codesOf(cell).includes(code)) {
    event.preventDefault();
    setMark(cell, code);
    neighbour(form, cell, STEPS.ArrowDown).focus();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    setMark(cell, "");
  }
}

function report(form) {
  const cells = rowsOf(form).flat();
  const empty = cells.filter((cell) => !cell.value && !cell.disabled).length;
  const status = form.querySelector("[data-attendance-status]");
  const isSaved = form.dataset.attendanceKeep && cells.every((cell) => cell.disabled || cell.value === storedOf(cell)?.value);
  const full = isSaved ? "Tout est noté et enregistré." : "Tout est noté, pensez à enregistrer.";
  if (status) status.textContent = empty ? `${empty} ${empty < 2 ? "demi-journée" : "demi-journées"} à noter` : full;
}

// "All present" fills only what is empty: exceptions noted before stay.
function onFill(event) {
  const button = event.target.closest("[data-attendance-fill]");
  if (!button) return;
  event.preventDefault();
  for (const cell of rowsOf(button.form).flat()) if (!cell.value) setMark(cell, button.dataset.attendanceFill);
  button.form.querySelector(".mark-cell select:not(:disabled)")?.focus();
}

// --- what was noted and not sent survives a lost connection, a closed tab, an empty battery ---------------
const DAYS_KEPT = 7;
const keptKey = (form) => `jalons:presences:${form.dataset.attendanceKeep}`;
const storedOf = (cell) => cell.form.elements[cell.name.replace(/^m-/, "b-")];

function keepUnsent(form) {
  const unsent = {};
  for (const cell of rowsOf(form).flat()) {
    const stored = storedOf(cell);
    if (!cell.disabled && stored && cell.value !== stored.value) unsent[cell.name] = [cell.value, stored.value];
  }
  try {
    if (Object.keys(unsent).length) localStorage.setItem(keptKey(form), JSON.stringify({ at: Date.now(), unsent }));
    else localStorage.removeItem(keptKey(form));
  } catch { /* storage refused: the page itself still holds what was typed */ }
}

// A mark comes back only over what it was typed over: what a colleague has noted since stays.
function restoreUnsent(form) {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(keptKey(form)) || "null"); } catch { return; }
  if (!kept || Date.now() - kept.at > DAYS_KEPT * 86400000) return keepUnsent(form);
  let found = 0, overtaken = 0;
  for (const [name, [value, over]] of Object.entries(kept.unsent)) {
    const cell = form.elements[name];
    const stored = cell && storedOf(cell)?.value;
    if (!cell || cell.disabled || stored === undefined) overtaken += 1;
    else if (stored === over && cell.value === over) { setMark(cell, value); found += 1; }
    else if (stored !== value && cell.value === stored) overtaken += 1;
  }
  keepUnsent(form);
  const status = form.querySelector("[data-attendance-status]");
  if (!status || !(found + overtaken)) return;
  const lost = overtaken ? ` ${overtaken} non ${overtaken < 2 ? "reprise" : "reprises"} : notée entre-temps ou verrouillée.` : "";
  status.textContent = `Saisie non envoyée retrouvée : ${found} à enregistrer.${lost}`;
}

// Events are delegated to the document: a grid brought in by htmx works too.
document.addEventListener("keydown", onKey);
document.addEventListener("click", onFill);
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-attendance]");
  if (!form) return;
  report(form);
  if (form.dataset.attendanceKeep) keepUnsent(form);
});
for (const form of document.querySelectorAll("form[data-attendance]")) {
  report(form);
  if (form.dataset.attendanceKeep) restoreUnsent(form);
}
