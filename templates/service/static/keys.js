"use strict";
// One key each for what an assistant does time and again. Every key is also a link or a button on the page.
(() => {
  const typing = (element) => element && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(checkbox|submit|button)$/.test(element.type);
  const put = (text) => {
    const field = document.querySelector("textarea[name=comment]");
    if (!field) return;
    field.value = field.value.trim() ? `${field.value.trim()}\n${text}` : text;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-comment], [data-ticks]");
    if (!button) return;
    if (button.dataset.comment) put(button.dataset.comment);
    if (button.dataset.ticks) for (const box of button.form.querySelectorAll("input[type=checkbox]")) box.checked = button.dataset.ticks === "all";
  });
  // One decision a form: a second click or key before the answer comes sends nothing.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      // Enter in the field for points decides “partial” with them.
      if (event.key === "Enter" && event.target.name === "points") {
        event.preventDefault();
        document.querySelector("button[name=verdict][value=partial]")?.click();
      }
      return;
    }
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (event.shiftKey && digit) {
      document.querySelector(`[data-shift-key="${digit[1]}"]`)?.click();
      event.preventDefault();
      return;
    }
    const field = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`);
    if (field) {
      event.preventDefault();
      field.focus();
      return;
    }
    if (event.key === "Enter" && event.target.closest && event.target.closest("a, button, summary")) return;
    // Within a page that scrolls sideways, the arrows scroll.
    if (/^Arrow/.test(event.key) && event.target.closest && event.target.closest(".wide, .near-1 .paper, .near-2 .paper")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target) {
      event.preventDefault();
      // A key may be quicker than htmx is with a link that has just been put there: followed as it is, it would leave the page.
      window.htmx?.process(target);
      target.click();
    }
  });
})();
