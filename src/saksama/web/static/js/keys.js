// Keys for eight hours a day. Everything here is also a link, a button or a field: without this file all still works.
"use strict";
(() => {
  const OFF = "saksama-keys-off";
  const off = () => localStorage.getItem(OFF) === "1";
  const typing = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const help = document.getElementById("help");
  const box = help && help.querySelector("[data-keys-off]");
  if (box) {
    box.checked = off();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "1" : "0"));
  }

  const rows = () => [...document.querySelectorAll("[data-queue] tbody tr")];
  const links = () => rows().map((row) => row.querySelector("a.number"));
  const chosen = () => links().indexOf(document.activeElement);
  const choose = (step) => {
    const all = links();
    if (!all.length) return;
    const next = chosen() < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, chosen() + step));
    all[next].focus();
    all[next].closest("tr").scrollIntoView({ block: "nearest" });
  };

  const check = (selector) => {
    const field = document.querySelector(selector);
    if (!field) return;
    field.click();
    field.focus();
  };
  const focus = (selector) => {
    const field = document.querySelector(selector);
    if (field) field.focus();
  };
  const form = () => document.querySelector("[data-ruling-form]");
  const actions = {
    j: () => choose(1),
    k: () => choose(-1),
    "/": () => focus("[data-filter]"),
    "?": () => help && help.showModal(),
    u: () => { const up = document.querySelector("[data-up]"); if (up) up.click(); },
    i: () => focus("#id_reason"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      if (event.key === "Enter" && form() && form().contains(event.target)) form().requestSubmit();
      return;
    }
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (off() && event.key !== "?") return;
    if (typing(event.target) || (help && help.open)) return;
    let act = actions[event.key];
    if (!act && form()) {
      const place = "123".indexOf(event.key);
      if (place >= 0) act = () => check(`[name=ruling][data-key="${event.key}"]`);
      if (/^[a-h]$/.test(event.key)) act = () => check(`[name=kept][data-key="${event.key}"]`);
    }
    if (!act) return;
    event.preventDefault();
    act();
  });
  if (document.querySelector("[data-queue]") && document.querySelector(".notice.good")) choose(1);
})();
