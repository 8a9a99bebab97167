/* Behaviour that hangs on data-… attributes. Everything works without it, only less comfortably. */
"use strict";

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

/* Forms are sent once; coming Back makes them usable again. One that is answered with a file (data-downloads) stays usable. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post") || "downloads" in form.dataset) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  delete form.dataset.changed;
  each("button[type=submit]", (button) => button.setAttribute("aria-disabled", "true"), form);
});
window.addEventListener("pageshow", () => {
  each("form[data-sent]", (form) => {
    delete form.dataset.sent;
    each("[aria-disabled]", (button) => button.removeAttribute("aria-disabled"), form);
  });
});

/* Unsaved input is not lost by a wrong click. */
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-confirm-leave]");
  if (form) form.dataset.changed = "yes";
});
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-confirm-leave][data-changed]")) event.preventDefault();
});

/* Menus and sheets: one open at a time, Escape and a click outside close them, focus goes in and comes back. */
const popovers = "details[data-menu], details[data-sheet]";
const shut = (details, focus) => {
  if (!details.open) return;
  details.open = false;
  if (focus) details.querySelector("summary").focus();
};
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-sheet-close]");
  if (closer) return shut(closer.closest("details"), true);
  each(`:is(${popovers})[open]`, (details) => {
    const inside = details.contains(event.target);
    const onShade = inside && event.target === details;
    if (!inside || onShade) shut(details);
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement.closest(`:is(${popovers})[open]`) || document.querySelector(`:is(${popovers})[open]`);
  if (open) shut(open, true);
});
document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (!details.open || !details.matches(popovers)) return;
  each("[data-sheet-close]", (button) => { button.hidden = false; }, details);
  const first = details.dataset.sheet === undefined ? null : details.querySelector("textarea, button[type=submit]");
  if (first) first.focus();
}, true);

/* The error summary is read first; its links go into the control. */
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  control.focus();
  control.scrollIntoView({ block: "center" });
});

/* Cells that save themselves say how it went. */
const saved = (event, state) => {
  const scope = event.target.closest && event.target.closest("[data-autosave]");
  const mark = scope && (event.target.parentElement.closest("td, th, .field")?.querySelector("[data-saved]") || scope.querySelector("[data-saved]"));
  if (mark) mark.dataset.saved = state;
};
document.addEventListener("htmx:beforeRequest", (event) => saved(event, "saving"));
document.addEventListener("htmx:afterRequest", (event) => saved(event, event.detail.successful ? "ok" : "failed"));

/* Lists: an address without empty parts. */
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const values = event.detail.formData;
  for (const name of [...new Set(values.keys())]) if (!values.getAll(name).some(Boolean)) values.delete(name);
});

/* A request that failed is said, not swallowed. */
const failed = () => {
  const place = document.getElementById("thong-bao");
  if (!place || place.querySelector("[data-offline]")) return;
  const note = document.createElement("p");
  note.className = "alert tone-bad";
  note.dataset.offline = "yes";
  note.setAttribute("role", "alert");
  note.textContent = "Chưa thực hiện được: mất kết nối hoặc cổng đang bận. Hãy thử lại.";
  place.append(note);
};
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);

/* Small helpers. */
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const account = event.target.closest("[data-account]");
  if (!account) return;
  const form = document.querySelector("form[data-sign-in]");
  form.elements.login.value = account.dataset.account;
  form.elements.password.value = account.dataset.password;
  form.requestSubmit();
});

/* Tick every row of a table at once: <button data-check-all="unit" hidden>. */
document.addEventListener("click", (event) => {
  const all = event.target.closest("[data-check-all]");
  if (!all) return;
  const boxes = [...all.closest("form").querySelectorAll(`input[type=checkbox][name="${all.dataset.checkAll}"]`)];
  const on = boxes.some((box) => !box.checked);
  boxes.forEach((box) => { box.checked = on; });
});
