"use strict";
// Sorting and filtering of the table of submissions; without this script the page shows all the same.
(() => {
  const table = document.getElementById("class");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const field = (id) => document.getElementById(id);
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key === undefined ? cell.textContent.trim() : Number(cell.dataset.key);
  };
  const compare = (one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other : order.compare(String(one), String(other));

  const sortBy = (column) => {
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.sort((one, other) => (down ? -1 : 1) * compare(key(one, column), key(other, column)));
    body.append(...rows);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(column));
  });

  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const wanted = (row) => {
    const verdict = field("verdict").value;
    const question = field("question").value;
    const verdicts = row.dataset.verdicts.split(" ");
    const looked = question === "" ? verdicts : [verdicts[Number(question)]];
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    return (
      (field("status").value === "" || field("status").value === row.dataset.status) &&
      (verdict === "" || looked.includes(verdict)) &&
      (!field("flagged-only").checked || row.dataset.flags !== "0") &&
      words.every((word) => texts.get(row).includes(word))
    );
  };
  const filter = () => {
    let left = 0;
    for (const row of rows) {
      row.hidden = !wanted(row);
      left += row.hidden ? 0 : 1;
    }
    field("shown").textContent = left === rows.length ? "" : `${left} of ${rows.length} shown`;
  };
  for (const id of ["search", "status", "verdict", "question", "flagged-only"]) {
    for (const event of ["input", "change"]) field(id).addEventListener(event, filter);
  }
  // The other pages of a large class: who is on which.
  const elsewhere = field("names") ? JSON.parse(field("names").textContent) : [];
  const linked = (address, text) => {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = text;
    return link;
  };
  const lookElsewhere = () => {
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    field("elsewhere").hidden = words.length === 0;
    if (words.length === 0) return;
    const found = elsewhere.filter(([name, authors]) =>
      words.every((word) => `${name} ${authors}`.toLowerCase().includes(word))
    );
    field("elsewhere-count").textContent = `${found.length} on other pages`;
    field("elsewhere-list").replaceChildren(
      ...found.slice(0, 30).map(([name, authors, number]) => {
        const item = document.createElement("li");
        const plain = /^[\w.-]{1,79}$/.test(name);
        item.append(plain ? linked(`staff/${name}.html`, name) : name, authors ? ` ${authors}, ` : ", ");
        item.append(linked(`index-${number}.html#all`, `page ${number}`));
        return item;
      })
    );
  };
  if (elsewhere.length) {
    field("search").addEventListener("input", lookElsewhere);
    lookElsewhere();
  }
  field("controls").hidden = false;
  filter(); // a browser may have kept the fields from before
})();
