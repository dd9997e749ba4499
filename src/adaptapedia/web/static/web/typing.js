// Results while typing: says what became of a search, also when no answer came, and keeps addresses short.
(() => {
  "use strict";

  const part = (id) => document.getElementById(id);

  const say = (text) => {
    part("said").textContent = text.replace(/\s+/g, " ").trim();
  };

  const withoutEmpty = (data) => {
    for (const [name, value] of [...data.entries()]) {
      if (value === "") data.delete(name);
    }
  };

  const unanswered = () => {
    part("unanswered").hidden = false;
    say(part("unanswered").querySelector("p").textContent);
  };

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, unanswered);
  }

  document.addEventListener("htmx:afterSwap", () => {
    part("unanswered").hidden = true;
    say(part("found").querySelector("[data-said]")?.textContent ?? "");
  });

  document.addEventListener("htmx:configRequest", (event) => withoutEmpty(event.detail.formData));
  document.addEventListener("formdata", (event) => withoutEmpty(event.formData));
})();
