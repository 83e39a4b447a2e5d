// Behaviour shared by every page. Each page reads and submits without it.

const root = document.documentElement;
const live = () => document.getElementById("live-region");

function announce(text) {
  const region = live();
  if (!region || !text) return;
  region.textContent = "";
  // A region must change after it is empty, else the same sentence twice stays silent.
  setTimeout(() => { region.textContent = text; }, 60);
}

// --- light, dark or the system's choice ---------------------------------------------------------------
function showTheme(choice) {
  if (choice === "auto") root.removeAttribute("data-bs-theme");
  else root.setAttribute("data-bs-theme", choice);
  for (const button of document.querySelectorAll("[data-theme-value]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeValue === choice));
  }
  document.dispatchEvent(new CustomEvent("jalons:theme"));
}

function chooseTheme(choice) {
  // A cookie, so that the server already sends the page in the right scheme: no flash.
  const age = choice === "auto" ? 0 : 31536000;
  document.cookie = `jalons_theme=${choice}; path=/; max-age=${age}; samesite=lax`;
  showTheme(choice);
}

// --- tables: `display: block` on a phone takes the roles away, this puts them back --------------------
function restoreTableRoles(scope) {
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };
  for (const table of scope.querySelectorAll(".data-table:not([role])")) {
    table.setAttribute("role", roles.table);
    for (const name of ["thead", "tbody", "tr", "td"]) {
      for (const element of table.querySelectorAll(name)) element.setAttribute("role", roles[name]);
    }
    for (const head of table.querySelectorAll("th")) {
      head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
    }
  }
}

// --- bulk selection ---------------------------------------------------------------------------------
function countSelection(form) {
  const boxes = form.querySelectorAll("[data-bulk-row]");
  const chosen = [...boxes].filter((box) => box.checked).length;
  const shown = form.querySelector("[data-bulk-count]");
  const [one, several] = (shown?.dataset.bulkCount || "ligne choisie,lignes choisies").split(",");
  if (shown) shown.textContent = `${chosen} ${chosen < 2 ? one : several}`;
  const all = form.querySelector("[data-bulk-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

// --- what was typed survives a lost connection --------------------------------------------------------
const storeKey = (form) => `jalons:${location.pathname}:${form.dataset.keep}`;

function typedValues(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
}

function keepTyped(form) {
  try { sessionStorage.setItem(storeKey(form), JSON.stringify(typedValues(form))); } catch { /* storage refused: nothing to keep */ }
}

function restoreTyped(form) {
  let values;
  try { values = JSON.parse(sessionStorage.getItem(storeKey(form)) || "null"); } catch { return; }
  if (!values) return;
  const before = JSON.stringify(typedValues(form));
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const [name, value] of values) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = field.checked || field.value === value;
      else if (field.type !== "hidden" && field.type !== "submit") field.value = value;
    }
  }
  if (JSON.stringify(typedValues(form)) !== before) announce("Votre saisie non enregistrée a été retrouvée.");
}

function networkAlert(text) {
  const box = document.getElementById("network-alert");
  if (!box) return;
  box.textContent = text;
  box.hidden = !text;
}

const OFFLINE = "Connexion perdue. Rien de ce que vous avez saisi n'est perdu : laissez cette page ouverte et réessayez quand la connexion revient.";

// --- after an htmx swap: focus goes where the page says, the change is read out -----------------------
function settle(scope) {
  restoreTableRoles(document);
  for (const form of scope.querySelectorAll("form:has([data-bulk-row])")) countSelection(form);
  const spoken = scope.matches?.("[data-announce]") ? scope : scope.querySelector("[data-announce]");
  if (spoken) announce(spoken.dataset.announce);
  const target = scope.matches?.("[data-focus]") ? scope : scope.querySelector("[data-focus], h1");
  if (!target) return;
  if (!target.matches("a, button, input, select, textarea, [tabindex]")) target.setAttribute("tabindex", "-1");
  target.focus();
}

function swapped(event) {
  const target = event.detail?.ctx?.target ?? event.target;
  // After outerHTML the old node is gone: its replacement carries the same id.
  const now = target?.isConnected ? target : target?.id && document.getElementById(target.id);
  if (now && now !== document) settle(now);
}

document.addEventListener("click", (event) => {
  const theme = event.target.closest("[data-theme-value]");
  if (theme) return chooseTheme(theme.dataset.themeValue);
  const closer = event.target.closest("[data-close-details]");
  if (closer) {
    const details = closer.closest("details");
    details.open = false;
    return details.querySelector("summary").focus();
  }
  const demo = event.target.closest("[data-fill-login]");
  if (demo) {
    document.querySelector("[name=login]").value = demo.dataset.fillLogin;
    document.querySelector("[name=password]").value = demo.dataset.fillPassword;
    return document.querySelector("form [name=password]").form.querySelector(".btn-primary").focus();
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open], details.confirm[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form) return;
  if (event.target.matches("[data-bulk-all]")) {
    for (const box of form.querySelectorAll("[data-bulk-row]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-bulk-all], [data-bulk-row]")) countSelection(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.keep) keepTyped(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!navigator.onLine) { event.preventDefault(); if (form.dataset.keep) keepTyped(form); return networkAlert(OFFLINE); }
  // Sent: the server has it now, or shows it again with its errors.
  if (form.dataset.keep) { try { sessionStorage.removeItem(storeKey(form)); } catch { /* same as above */ } }
});

addEventListener("offline", () => networkAlert(OFFLINE));
addEventListener("online", () => networkAlert(""));
document.addEventListener("htmx:after:swap", swapped);
document.addEventListener("htmx:error", () => networkAlert(OFFLINE));
document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail?.ctx?.response?.status ?? 0;
  if (status >= 500) networkAlert("Le service a rencontré une erreur. Votre saisie est toujours à l'écran : réessayez dans un instant.");
});

for (const control of document.querySelectorAll("[data-theme-switch], [data-close-details], [data-fill-login], [data-with-script]")) control.hidden = false;
for (const control of document.querySelectorAll("[data-without-script]")) control.hidden = true;
showTheme(root.getAttribute("data-bs-theme") || "auto");
restoreTableRoles(document);
for (const form of document.querySelectorAll("form[data-keep]")) restoreTyped(form);
for (const form of document.querySelectorAll("form:has([data-bulk-row])")) countSelection(form);
document.querySelector("[data-focus]")?.focus();
