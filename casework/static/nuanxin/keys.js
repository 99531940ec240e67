/* Keys for the desk. Everything here has a link, a box or a button that does the same without it.
 *
 * Markup it reads: [data-rows] a table whose rows hold a link [data-open] and perhaps a box [data-tick];
 * [data-tick-all], [data-tick-count]; [role=search] whose first box is the search; #decision; dialog#keys with
 * [data-keys-on]; [data-keys-help]; [data-print]. [data-script] is shown, [data-scriptless] hidden, when this runs.
 * Listens on the document, so rows that arrive later are served too.
 */
(() => {
  "use strict";

  const SWITCH = "nuanxin-keys"; // "off" when this person wants no single keys (speech input, a resting sleeve)
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function keysAreOn() {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch (error) {
      if (error instanceof DOMException) return true; // storage is forbidden by the browser: keys stay on
      throw error;
    }
  }

  function setKeys(on) {
    try {
      localStorage.setItem(SWITCH, on ? "on" : "off");
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  function announceScript(within = document) {
    all("[data-script]", within).forEach((node) => { node.hidden = false; });
    all("[data-scriptless]", within).forEach((node) => { node.hidden = true; });
  }

  const currentRow = () => document.activeElement?.closest("[data-rows] tbody tr");
  const handleOf = (row) => one("[data-open]", row) || one("[data-tick]", row); // Enter on it opens, as on any link

  function moveTo(step) {
    const rows = all("[data-rows] tbody tr").filter(handleOf);
    if (!rows.length) return;
    const here = rows.indexOf(currentRow());
    const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
    handleOf(rows[next]).focus();
    rows[next].scrollIntoView({ block: "nearest" });
  }

  function showTicks() {
    const boxes = all("[data-tick]");
    const picked = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest("tr")?.classList.toggle("is-picked", box.checked));
    all("[data-tick-count]").forEach((node) => { node.textContent = String(picked.length); });
    all("[data-tick-all]").forEach((box) => {
      box.checked = boxes.length > 0 && picked.length === boxes.length;
      box.indeterminate = picked.length > 0 && picked.length < boxes.length;
    });
  }

  function focusOn(selector) {
    const target = one(selector);
    if (!target) return false;
    target.focus();
    target.scrollIntoView({ block: "nearest" });
    return true;
  }

  function showKeys() {
    const dialog = one("#keys");
    if (!dialog || dialog.open) return;
    one("[data-keys-on]", dialog).checked = keysAreOn();
    dialog.showModal();
  }

  const acts = {
    j: () => moveTo(1),
    k: () => moveTo(-1),
    o: () => { const row = currentRow(); if (row) one("[data-open]", row)?.click(); },
    x: () => { const row = currentRow(); if (row) one("[data-tick]", row)?.click(); },
    d: () => focusOn("#decision input[type=radio]:checked") || focusOn("#decision input[type=radio]:enabled"),
    "/": () => focusOn("[role=search] input:not([type=hidden])"),
    "?": showKeys,
  };

  function isWriting(target) {
    return target instanceof Element
      && target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog") !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
    const act = acts[event.key];
    if (!act || !(keysAreOn() || event.key === "?")) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      all("[data-tick]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("[data-tick], [data-tick-all]")) showTicks();
    if (event.target.matches("[data-keys-on]")) setKeys(event.target.checked);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) showKeys();
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("htmx:load", (event) => announceScript(event.detail.elt));
  announceScript();
  showTicks();
})();
