"use strict";
// Tables sort by a click on a head, and show what is searched for; the page reads as well without.
(() => {
  document.documentElement.classList.add("js");
  const number = cell => {
    const text = (cell.title || cell.textContent).replace(/\u2212/g, "-").replace("\u221e", "Infinity");
    return text.trim() === "" ? NaN : Number(text);
  };
  for (const section of document.querySelectorAll("section.data")) {
    const body = section.querySelector("tbody"), heads = [...section.querySelectorAll("thead th")];
    const original = [...body.rows];
    const search = section.querySelector("input[type=search]");
    const flags = [...section.querySelectorAll("input[type=checkbox]")];
    const output = section.querySelector("output");

    const filter = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const row of original) {
        const hidden = flags.some(flag => flag.checked && !row.classList.contains(flag.value))
          || !row.cells[0].textContent.toLowerCase().includes(wanted);
        row.hidden = hidden;
        shown += !hidden;
      }
      output.textContent = `${shown === original.length ? "" : `${shown} of `}${original.length} row${original.length === 1 ? "" : "s"}`;
    };

    const sort = (head, k) => {
      const now = head.getAttribute("aria-sort");
      const next = now === "none" ? "ascending" : now === "ascending" ? "descending" : "none";
      for (const other of heads) other.setAttribute("aria-sort", other === head ? next : "none");
      let rows = original;
      if (next !== "none") {
        const up = next === "ascending" ? 1 : -1, isNumber = head.classList.contains("n");
        const collator = new Intl.Collator(undefined, { numeric: true });
        const keyed = original.map(row => [isNumber ? number(row.cells[k]) : row.cells[k].textContent, row]);
        keyed.sort(([a], [b]) => {
          if (!isNumber) return up * collator.compare(a, b);
          if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b); // blanks stand last
          return a === b ? 0 : a < b ? -up : up;
        });
        rows = keyed.map(([, row]) => row);
      }
      body.append(...rows);
    };

    heads.forEach((head, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sort(head, k));
    });
    search.addEventListener("input", filter);
    for (const flag of flags) flag.addEventListener("change", filter);
    filter();
  }
})();
