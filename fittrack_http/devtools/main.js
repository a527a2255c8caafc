// The tabs: one for each entity of the reference, with a card for each operation; and one for sent mail.

import { call, memory, rememberIds, rememberTokens } from "./api.js";
import { bodyEditor, field, resolved, useDocument } from "./forms.js";
import { start } from "./session.js";
import { element, show, table } from "./viewer.js";

const MAIL = "Sent mail";
const tabs = document.getElementById("tabs");
const panel = document.getElementById("panel");
const byTag = new Map();

async function open() {
  const { json } = await call("GET", "/docs/openapi.json");
  useDocument(json);
  for (const [path, methods] of Object.entries(json.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      byTag.set(tag, [...(byTag.get(tag) || []), { path, method: method.toUpperCase(), ...operation }]);
    }
  }
  const names = [...byTag.keys(), MAIL];
  tabs.replaceChildren(...names.map((name, number) => tab(name, number)));
  tabs.addEventListener("keydown", move);
  await start(() => choose(current()));
  choose(names.includes(fromAddress()) ? fromAddress() : names[0]);
}

function fromAddress() {
  return decodeURIComponent(location.hash.slice(1));
}

function tab(name, number) {
  return element("button", { role: "tab", id: `tab-${number}`, "aria-controls": "panel", onclick: () => choose(name) }, name);
}

function current() {
  return tabs.querySelector("[aria-selected=true]").textContent;
}

function move(event) {
  const all = [...tabs.children];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = all[(to + all.length) % all.length];
  next.focus();
  choose(next.textContent);
}

function choose(name) {
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  for (const each of tabs.children) {
    const chosen = each.textContent === name;
    each.setAttribute("aria-selected", chosen);
    each.tabIndex = chosen ? 0 : -1;
    if (chosen) panel.setAttribute("aria-labelledby", each.id);
  }
  if (name === MAIL) return showMail(1);
  const cards = byTag.get(name).map(card);
  panel.replaceChildren(...cards.map((each) => each.node));
  const list = cards.find((each) => each.isList && each.isReady());
  if (list) { list.node.open = true; list.send(); }
}

function card(operation) {
  const parameters = operation.parameters.map((each) => [each, field(each.name, each.schema, each.required)]);
  const body = operation.requestBody && bodyEditor(operation.requestBody.content["application/json"].schema, operation.requestBody.required);
  const answerPlace = element("div", { class: "answer" });
  const itemsPlace = element("div", { class: "items" });
  const form = element("form", { novalidate: true }, ...parameters.map(([, made]) => made.node), body ? body.node : "", element("button", {}, "Send"));
  const isList = operation.method === "GET" && operation.parameters.some((each) => each.name === "page");
  const send = async () => {
    const request = asked(operation, parameters, body);
    const answer = await call(operation.method, request.path, request);
    show(answer, answerPlace);
    if (answer.ok) learn(operation, answer);
    itemsPlace.replaceChildren(...(answer.json && answer.json.items ? listed(answer.json, parameters, send) : []));
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  const heading = element("summary", {}, element("b", { class: operation.method.toLowerCase() }, operation.method), " ",
    element("code", {}, operation.path), " ", element("span", {}, operation.summary), " ", lock(operation));
  const node = element("details", { class: "card", id: operation.operationId }, heading,
    element("p", {}, operation.description), form, itemsPlace, answerPlace);
  const isReady = () => parameters.every(([its, made]) => !its.required || made.value() !== undefined) && (memory.accessToken || !operation.security.length);
  return { node, send, isList, isReady };
}

function lock(operation) {
  return operation.security.length ? "" : element("em", {}, "no log-in needed");
}

function asked(operation, parameters, body) {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const [its, made] of parameters) {
    const value = made.value();
    if (its.in === "path") path = path.replace(`{${its.name}}`, encodeURIComponent(value ?? ""));
    else if (value === undefined) continue;
    else if (its.in === "query") [value].flat().forEach((each) => query.append(its.name, each));
    else headers[its.name] = value;
  }
  if (names(parameters).includes("Idempotency-Key") && !headers["Idempotency-Key"]) headers["Idempotency-Key"] = crypto.randomUUID();
  if (names(parameters).includes("If-Match") && !headers["If-Match"] && memory.etags[path]) headers["If-Match"] = memory.etags[path];
  return { path, query: query.toString(), headers, body: body ? body.value() : undefined };
}

function names(parameters) {
  return parameters.map(([its]) => its.name);
}

function learn(operation, answer) {
  if (answer.json && answer.json.accessToken) rememberTokens(answer.json.accessToken, answer.json.refreshToken);
  if (!(answer.json && answer.json.items)) rememberIds(answer.json ?? null);
}

function listed(found, parameters, send) {
  const turn = (page) => {
    const control = parameters.find(([its]) => its.name === "page")[1].node.querySelector("input");
    control.value = page;
    return send();
  };
  const parts = found.items.length ? [table(found.items, pick)] : [element("p", {}, "Nothing here.")];
  if (found.pagination) parts.unshift(pager(found.pagination, turn));
  return parts;
}

function pager({ page, totalPages, totalItems }, turn) {
  return element("nav", { class: "pager", "aria-label": "Pages" },
    element("button", { type: "button", disabled: page <= 1, onclick: () => turn(page - 1) }, "‹ Back"),
    element("span", { role: "status" }, `page ${page} of ${Math.max(totalPages, 1)}, ${totalItems.toLocaleString()} in all`),
    element("button", { type: "button", disabled: page >= totalPages, onclick: () => turn(page + 1) }, "Next ›"));
}

function pick(name, value) {
  memory.values[name] = value;
  for (const control of panel.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) control.value = value;
}

async function showMail(page) {
  const { json } = await call("GET", "/devtools/mail", { query: `page=${page}` });
  const mails = json.items.map((mail) => element("details", { class: "card mail" },
    element("summary", {}, element("b", {}, mail.subject), ` to ${mail.to}, ${new Date(mail.sentAt).toLocaleString()}`),
    ...tokenIn(mail.text), ...pageOf(mail), element("pre", { tabindex: "0" }, mail.text)));
  panel.replaceChildren(pager(json.pagination, showMail), ...(mails.length ? mails : [element("p", {}, "No mail was sent yet.")]));
}

function pageOf(mail) {
  if (!mail.hasHtml) return [];
  return [element("iframe", { title: `${mail.subject}, as its reader sees it`, sandbox: "", loading: "lazy", src: `/devtools/mail/${mail.id}` })];
}

function tokenIn(text) {
  const found = text.match(/\b[A-Za-z0-9_-]{43}\b/);
  if (!found) return [];
  const use = (event) => { memory.values.token = found[0]; event.target.textContent = "In every form now"; };
  return [element("button", { type: "button", onclick: use }, "Use the token in this mail")];
}

open();
