"use strict";
// Search, filters, sorting and the list of everything. The page reads without this; nothing here loads anything.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const [GROUP, SPEC, LINE, TIME, NAME, EXCHANGE, TOLD] = [0, 1, 2, 3, 4, 5, 6];
  const [CLASS, OPERATION, BACKEND, EXPECTED, ACTUAL, RULE] = [0, 1, 2, 3, 4, 5];
  const PAGE = 100;
  const rows = data.rows, groups = data.groups;
  const state = { words: [], classes: new Set(), operation: null, sort: 0, down: false, page: 0 };
  let found = [];

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const group = row => groups[row[GROUP]];
  const place = row => row[LINE] ? data.specs[row[SPEC]] + ":" + row[LINE] : row[EXCHANGE] || data.specs[row[SPEC]];
  const way = g => g[BACKEND] + " → " + (g[ACTUAL] || "–");

  // ---- what is found

  let haystacks = null;
  function haystack(index) {
    if (!haystacks) {
      const heads = groups.map(g => (data.classes[g[CLASS]].join(" ") + " " + g[OPERATION] + " " + way(g) + " " +
        g[RULE]).toLowerCase());
      haystacks = rows.map((row, i) => {
        let text = heads[row[GROUP]] + " " + (row[NAME] + " " + place(row) + " " + row[EXCHANGE]).toLowerCase();
        if (row[TOLD]) text += " " + document.getElementById("v" + i).textContent.toLowerCase();
        return text;
      });
    }
    return haystacks[index];
  }
  function matches(row, index) {
    const g = group(row);
    return (state.classes.size === 0 || state.classes.has(g[CLASS])) &&
      (state.operation === null || g[OPERATION] === state.operation) &&
      state.words.every(word => haystack(index).includes(word));
  }

  const columns = [
    ["verdict", row => group(row)[CLASS]],
    ["name", row => row[NAME]],
    ["operation", row => group(row)[OPERATION]],
    ["way", row => way(group(row))],
    ["expected", row => group(row)[EXPECTED]],
    ["place", place],
    ["µs", row => row[TIME]],
  ];
  function sortFound() {
    const key = columns[state.sort][1], sign = state.down ? -1 : 1;
    const keyed = found.map(index => [key(rows[index]), index]);
    keyed.sort((a, b) => a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1] - b[1]);
    found = keyed.map(pair => pair[1]);
  }

  // ---- the list

  const table = document.querySelector(".list"), pages = document.querySelector(".pages");
  function drawHead() {
    return make("thead", {}, make("tr", {}, ...columns.map(([title], index) => {
      const mark = state.sort === index ? (state.down ? " ▼" : " ▲") : "";
      const button = make("button", { type: "button", textContent: title + mark });
      button.onclick = () => {
        state.down = state.sort === index && !state.down;
        state.sort = index;
        update(false);
        table.querySelectorAll("thead button")[index].focus();
      };
      const cell = make("th", { scope: "col" }, button);
      if (mark) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      return cell;
    })));
  }
  function drawRow(index) {
    const row = rows[index], g = group(row), [name, word] = data.classes[g[CLASS]];
    const title = row[TOLD] ? make("a", { href: "#v" + index, textContent: row[NAME] }) : row[NAME];
    return make("tr", {},
      make("td", { className: name, textContent: g[CLASS] < 3 ? name : word }),
      make("td", {}, title),
      make("td", {}, make("code", { textContent: g[OPERATION] })),
      make("td", {}, make("span", { className: "way", textContent: way(g) })),
      make("td", { textContent: g[EXPECTED] && g[EXPECTED] !== g[ACTUAL] ? g[EXPECTED] : "" }),
      make("td", { className: "place", textContent: place(row) }),
      make("td", { className: "number", textContent: row[TIME] }));
  }
  function drawList() {
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    state.page = Math.min(Math.max(state.page, 0), last);
    const shown = found.slice(state.page * PAGE, (state.page + 1) * PAGE);
    table.replaceChildren(drawHead(), make("tbody", {}, ...shown.map(drawRow)));
    const turn = (label, page) => {
      const button = make("button", { type: "button", textContent: label, disabled: page < 0 || page > last });
      button.onclick = () => { state.page = page; drawList(); };
      return button;
    };
    pages.replaceChildren(turn("← earlier", state.page - 1),
      make("span", { textContent: "page " + (state.page + 1) + " of " + (last + 1) }), turn("later →", state.page + 1));
    pages.hidden = last === 0;
  }

  // ---- the groups above it

  const articles = [...document.querySelectorAll(".verdict")].map(element => [element, Number(element.id.slice(1))]);
  const sections = [...document.querySelectorAll(".group")].map(element => [element, Number(element.dataset.g)]);
  const classes = [...document.querySelectorAll(".class")];
  function drawGroups(filtered) {
    const inside = new Set(found), counts = new Set(found.map(index => rows[index][GROUP]));
    for (const [element, index] of articles) element.hidden = filtered && !inside.has(index);
    for (const [element, index] of sections) element.hidden = filtered && !counts.has(index);
    for (const element of classes) element.hidden = filtered && !element.querySelector(".group:not([hidden])");
  }

  const status = document.getElementById("found");
  function update(regroup = true) {
    const filtered = state.words.length > 0 || state.classes.size > 0 || state.operation !== null;
    found = [];
    rows.forEach((row, index) => { if (!filtered || matches(row, index)) found.push(index); });
    sortFound();
    if (regroup) {
      state.page = 0;
      drawGroups(filtered);
      status.textContent = filtered ? found.length + " of " + rows.length + " found" : "";
      status.hidden = !filtered;
    }
    drawList();
  }

  // ---- the tools

  const tools = document.getElementById("tools");
  const search = make("input", { type: "search", placeholder: "Search names, operations, rules, bodies  ( / )", ariaLabel: "search" });
  let waiting = 0;
  search.oninput = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      update();
    }, 120);
  };
  tools.onsubmit = event => event.preventDefault();
  tools.append(search);

  const operations = [...new Set(groups.map(g => g[OPERATION]))].sort();
  if (operations.length > 1) {
    const select = make("select", { ariaLabel: "operation" }, make("option", { value: "-1", textContent: "all operations" }),
      ...operations.map((name, index) => make("option", { value: index, textContent: name || "no operation" })));
    select.onchange = () => {
      state.operation = select.value === "-1" ? null : operations[Number(select.value)];
      update();
    };
    tools.append(select);
  }
  const present = [...new Set(groups.map(g => g[CLASS]))].sort();
  if (present.length > 1) for (const index of present) {
    const [name, word] = data.classes[index];
    const button = make("button", { type: "button", textContent: index < 3 ? name : word });
    button.setAttribute("aria-pressed", "false");
    button.onclick = () => {
      const on = !state.classes.delete(index);
      if (on) state.classes.add(index);
      button.setAttribute("aria-pressed", String(on));
      update();
    };
    tools.append(button);
  }
  const visible = () => articles.map(pair => pair[0]).filter(element => !element.hidden && element.closest("details:not(.verdict)[open]"));
  const expand = make("button", { type: "button", textContent: "expand all" });
  expand.onclick = () => {
    const open = expand.textContent === "expand all";
    if (open) for (const element of classes) element.querySelector("details").open = true;
    for (const element of visible()) element.open = open;
    expand.textContent = open ? "fold all" : "expand all";
  };
  if (articles.length > 0) tools.append(expand);

  // ---- getting about

  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let outer = target.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
    const inner = target.matches(".class") && target.querySelector("details");
    if (inner) inner.open = true;
    for (let outer = target; outer; outer = outer.parentElement) outer.hidden = false;
    target.scrollIntoView();
    const first = target.matches("details") ? target.querySelector("summary") : target.querySelector(".verdict > summary");
    if (first) first.focus({ preventScroll: true });
  }
  addEventListener("hashchange", reveal);
  document.addEventListener("click", event => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal();
  });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof Element && event.target.matches("input[type=search], select");
    if (event.key === "Escape" && event.target === search) {
      search.value = "";
      search.oninput();
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      search.focus();
    } else if ((event.key === "j" || event.key === "k") && !typing) {
      const all = visible(), step = event.key === "j" ? 1 : -1;
      const at = all.indexOf(document.activeElement.closest(".verdict"));
      const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
      if (next) next.querySelector("summary").focus();
    }
  });

  tools.hidden = false;
  document.getElementById("list").hidden = false;
  update();
  reveal();
})();
