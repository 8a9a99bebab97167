/* Verification: a refused verdict still shows its sentence in the line. */
"use strict";

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.requestConfig.elt.matches("[data-verdict]") || event.detail.xhr.status !== 409) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const line = document.getElementById(event.detail.target.id);
  if (line?.classList.contains("verdict")) (line.querySelector("[data-verdict] button") || line).focus({ preventScroll: true });
});
