/* The entry form of a report: cells save themselves, say so, and lose nothing when the network does. */
"use strict";

(() => {
  const root = document.querySelector("[data-entry]");
  if (!root) return;
  root.dataset.scripted = "yes";
  const prefix = `dvk:${root.dataset.entry}:`;
  const cellOf = (element) => element.closest && element.closest("[data-cell]");
  const all = () => [...root.querySelectorAll("[data-cell]")];
  const own = (cell, part) => [...cell.querySelectorAll(`[name="${cell.dataset.name}-${part}"]`)];
  const keyOf = (cell) => prefix + cell.dataset.name;

  /* What a cell holds now, as plain data. */
  const read = (cell) => {
    const picked = (part) => own(cell, part).find((input) => !/radio|checkbox/.test(input.type) || input.checked);
    return { value: picked("value")?.value || "", mark: picked("mark")?.value || "", note: picked("note")?.value || "", rev: picked("rev")?.value || "0" };
  };
  const write = (cell, kept) => {
    for (const input of own(cell, "value")) /radio/.test(input.type) ? (input.checked = input.value === kept.value) : (input.value = kept.value);
    for (const input of own(cell, "mark")) input.checked = input.value === kept.mark;
    for (const input of own(cell, "note")) input.value = kept.note;
    for (const input of own(cell, "rev")) input.value = kept.rev;
  };
  const content = (kept) => JSON.stringify([kept.value, kept.mark, kept.note]);

  /* The browser may forbid storage; then the page still works, it only forgets. */
  const store = (act) => { try { return act(window.localStorage); } catch { return null; } };
  const keep = (cell) => store((box) => box.setItem(keyOf(cell), JSON.stringify(read(cell))));
  /* Once the page is being left, an answer no longer counts: the next page may have been read before it. */
  let leaving = false;
  const forget = (cell) => leaving || store((box) => box.removeItem(keyOf(cell)));
  const kept = (cell) => { const text = store((box) => box.getItem(keyOf(cell))); return text ? JSON.parse(text) : null; };

  const say = (cell, words, look) => {
    cell.classList.toggle("is-waiting", look === "waiting");
    cell.classList.toggle("is-failed", look === "failed");
    const place = cell.querySelector("[data-words]");
    if (place && words) place.textContent = words;
  };
  const save = (cell) => { keep(cell); cell.dataset.owed = "yes"; window.htmx.trigger(cell, "save"); };

  /* Typing is kept at once, saved when the cell is left. */
  root.addEventListener("input", (event) => {
    const cell = cellOf(event.target);
    if (!cell || !event.target.name?.startsWith(`${cell.dataset.name}-`)) return;
    if (event.target.matches("[data-value]") && event.target.value) for (const mark of own(cell, "mark")) mark.checked = false;
    if (event.target.matches("[data-mark]") && event.target.checked) {
      for (const mark of own(cell, "mark")) if (mark !== event.target) mark.checked = false;
      for (const input of own(cell, "value")) /radio/.test(input.type) ? (input.checked = false) : (input.value = "");
    }
    keep(cell);
    say(cell, "Đang nhập, chưa lưu", "");
  });
  root.addEventListener("change", (event) => {
    const cell = cellOf(event.target);
    if (cell && event.target.name?.startsWith(`${cell.dataset.name}-`)) save(cell);
  });

  /* Enter goes to the next cell, as in a spreadsheet. */
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=submit]):not([type=file])")) return;
    const cell = cellOf(event.target);
    if (!cell || !event.target.name?.startsWith(`${cell.dataset.name}-`)) return;
    event.preventDefault();
    const cells = all();
    const next = cells[cells.indexOf(cell) + (event.shiftKey ? -1 : 1)]?.querySelector("[data-value]");
    if (next) { next.focus(); next.select?.(); } else event.target.blur();
  });

  root.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    const take = event.target.closest("[data-take]");
    if (take && cell) {
      event.preventDefault();
      write(cell, { ...read(cell), value: take.dataset.take, mark: "" });
      take.hidden = true;
      own(cell, "value")[0].focus();
      save(cell);
    }
    if (event.target.closest("[data-keep]") && cell) { event.preventDefault(); save(cell); }
    if (event.target.closest("[data-theirs]") && cell) { forget(cell); delete cell.dataset.owed; }
  });

  /* The fate of a save. A refusal (4xx) carries a sentence for the cell; anything else is tried again. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const cell = event.target;
    if (!cell.matches?.("[data-cell]")) return;
    cell.dataset.sent = content(read(cell));
    say(cell, "Đang lưu…", "waiting");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const cell = requestConfig.elt;
    if (cell.closest("[data-evidence]") && xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; return; }
    if (!cell.matches("[data-cell]") || requestConfig.verb !== "post") return;
    if (xhr.getResponseHeader("X-Cell")) { event.detail.shouldSwap = true; event.detail.isError = false; return; }
    event.detail.shouldSwap = false;
    if (xhr.status < 400 || xhr.status === 403) say(cell, "Chưa lưu: phiên làm việc đã hết. Số vừa nhập được giữ trên máy này; hãy đăng nhập lại.", "failed");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const cell = event.target;
    if (!cell.matches?.("[data-cell]") || event.detail.requestConfig.verb !== "post") return;
    const { xhr } = event.detail;
    if (!xhr.getResponseHeader("X-Cell")) {
      if (!(xhr.status === 200 || xhr.status === 403)) say(cell, "Chưa lưu: mất kết nối. Số vừa nhập được giữ trên máy này và tự gửi lại khi có mạng.", "failed");
      return;
    }
    delete cell.dataset.owed;
    document.querySelectorAll("#thong-bao [data-offline]").forEach((note) => note.remove());
    const state = cell.querySelector(".entry-state");
    cell.classList.remove("is-waiting", "is-failed");
    cell.classList.toggle("has-error", xhr.status !== 200);
    own(cell, "value").forEach((input) => xhr.status === 422 ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid"));
    /* Typed on meanwhile: what is kept is newer than what was saved. */
    if (xhr.status === 200 && content(read(cell)) === cell.dataset.sent) forget(cell);
    if (xhr.status === 200 && state && content(read(cell)) !== cell.dataset.sent) say(cell, "Đang nhập, chưa lưu", "");
    cell.classList.toggle("is-missing", false);
    for (const finding of root.querySelectorAll("[data-asks-note]")) finding.parentElement.querySelector("[data-note]")?.setAttribute("open", "");
  });

  /* Nothing typed is lost: what was kept comes back and is sent again, with the revision it was typed against. */
  const restore = () => {
    for (const cell of all()) {
      const found = kept(cell);
      if (!found) continue;
      if (content(found) === content(read(cell))) { forget(cell); continue; }
      write(cell, found);
      say(cell, "Khôi phục số chưa gửi được, đang lưu lại…", "waiting");
      save(cell);
    }
  };
  const retry = () => { if (navigator.onLine !== false) all().filter((cell) => cell.dataset.owed).forEach(save); };
  window.addEventListener("online", retry);
  setInterval(retry, 15000);
  /* A link clicked while something is on its way waits for it, but not for ever: what is kept comes back next time. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hash || link.hasAttribute("hx-get")) return;
    const busy = () => all().some((cell) => cell.dataset.owed && !cell.classList.contains("is-failed"));
    if (!busy()) return;
    event.preventDefault();
    const until = Date.now() + 5000;
    const wait = setInterval(() => {
      if (busy() && Date.now() < until) return;
      clearInterval(wait);
      window.location.assign(link.href);
    }, 100);
  });
  window.addEventListener("beforeunload", (event) => {
    leaving = true;
    if (store(() => true) === null && all().some((cell) => cell.dataset.owed)) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.readyState === "complete" ? restore() : window.addEventListener("load", restore);
})();
