// What django-unfold's pages leave unsaid to people who hear them instead of seeing them.

(() => {
  const all = (selector) => document.querySelectorAll(selector);

  const give = (selector, attributes) => {
    for (const element of all(selector)) {
      for (const [name, value] of Object.entries(attributes)) {
        if (!element.hasAttribute(name)) element.setAttribute(name, value);
      }
    }
  };

  const words = (element) => (element ? element.textContent.trim().replace(/\*$/, "") : "");

  // A search field that stands in for a <select> says what the field is for.
  const nameChoices = () => {
    for (const select of all("select.select2-hidden-accessible")) {
      const label = words(document.querySelector(`label[for="${select.id}"]`)) || select.name;
      const parts = select.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field");
      for (const part of parts ?? []) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label);
      }
    }
  };

  const nameScrollers = () => {
    all(".simplebar-content-wrapper").forEach((wrapper, at) => {
      const within = wrapper.closest("#nav-sidebar-apps") ? "Navigation" : `Scrolling part ${at + 1}`;
      wrapper.setAttribute("aria-label", within);
      wrapper.setAttribute("role", "group");
    });
  };

  const mend = () => {
    give("#main", { role: "main" });
    give("#nav-sidebar-inner", { "aria-label": "Sections" });
    give("#searchbar-submit", { "aria-label": "Search" });
    give("#searchbar", { "aria-label": "Search" });
    give("#command-submit", { "aria-label": "Search" });
    give("#search-input-command", { "aria-label": "Search" });
    give("body > .fixed, body > .backdrop-blur-xs", { role: "region", "aria-label": "Dialog" });
    nameChoices();
    nameScrollers();
  };

  document.addEventListener("DOMContentLoaded", mend);
  window.addEventListener("load", () => setTimeout(mend));
})();
