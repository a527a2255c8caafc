// Shows answers: status and time, headers, JSON with colours, and lists as tables.

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function highlighted(value) {
  const text = JSON.stringify(value, null, 2);
  const shown = element("pre", { class: "json", tabindex: "0", "aria-label": "Body" });
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    shown.append(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[2]) shown.append(element("span", { class: "key" }, found[1]), found[2]);
    else shown.append(element("span", { class: kind(found[0]) }, found[0]));
  }
  shown.append(text.slice(at));
  return shown;
}

function kind(token) {
  if (token.startsWith('"')) return "string";
  return token === "null" || token === "true" || token === "false" ? "word" : "number";
}

export function show(answer, place) {
  const headers = answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  place.replaceChildren(
    element("p", { class: answer.ok ? "status good" : "status bad", role: "status" },
      `${answer.status} · ${answer.milliseconds} ms · ${answer.text.length.toLocaleString()} characters`),
    element("details", {}, element("summary", {}, "Headers"), element("pre", { tabindex: "0" }, headers)),
    answer.json === undefined ? element("pre", { tabindex: "0" }, answer.text || "No body.") : highlighted(answer.json),
  );
}

export function table(items, onPick) {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  const rows = items.map((item) => element("tr", {}, ...columns.map((name) => element("td", {}, cell(name, item[name], onPick)))));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Items" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
}

function cell(name, value, onPick) {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") {
    return element("details", {}, element("summary", {}, Array.isArray(value) ? `${value.length} …` : "…"), highlighted(value));
  }
  if (name.endsWith("Id")) {
    return element("button", { type: "button", class: "id", title: `Use as ${name} in every form`, onclick: () => onPick(name, value) },
      `…${value.slice(-12)}`);
  }
  return String(value);
}
