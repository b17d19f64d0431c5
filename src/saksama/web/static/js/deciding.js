// The ruling form: what belongs to a strike is shown with it, a filled form is not left by accident, sent once.
"use strict";
(() => {
  const form = document.querySelector("[data-ruling-form]");
  if (!form) return;
  form.classList.add("lively");
  const part = form.querySelector(".when-ganda");
  const follow = () => {
    const chosen = form.querySelector("[name=ruling]:checked");
    part.hidden = !chosen || chosen.value !== "ganda";
    for (const cell of document.querySelectorAll(".compare [data-letter]")) cell.classList.remove("kept", "struck");
    const kept = form.querySelector("[name=kept]:checked");
    if (part.hidden || !kept) return;
    for (const cell of document.querySelectorAll(".compare [data-letter]")) {
      const letter = cell.dataset.letter.toLowerCase();
      const box = form.querySelector(`[name=struck][data-letter="${letter}"]`);
      if (letter === kept.dataset.key) cell.classList.add("kept");
      else if (!box || box.checked) cell.classList.add("struck");
    }
  };
  form.addEventListener("change", follow);
  follow();

  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && form.querySelector("#id_reason").value.trim()) event.preventDefault();
  });
})();
