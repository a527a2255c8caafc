// Makes forms from the schemas of the OpenAPI document, and values from filled forms.
//
// Every maker answers a field: { node, value() }. An empty field has the value undefined and is left out.

import { memory } from "./api.js";
import { element } from "./viewer.js";

let document_ = { components: { schemas: {} } };
let numbers = 0;

export function useDocument(openapi) {
  document_ = openapi;
}

export function resolved(schema) {
  if (schema.$ref) return resolved(document_.components.schemas[schema.$ref.split("/").pop()]);
  const arm = (schema.anyOf || []).find((each) => each.type !== "null");
  return arm ? { ...resolved(arm), ...(schema.description && { description: schema.description }) } : schema;
}

export function field(name, given, required) {
  const schema = resolved(given);
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  if (schema.enum) return choice(name, schema.enum, schema, required);
  if (type === "boolean") return choice(name, ["true", "false"], schema, required, (text) => text === "true");
  if (type === "object" && schema.properties) return objectField(name, schema);
  if (type === "array") return listField(name, schema, required);
  return textField(name, type, schema, required);
}

function labelled(name, required, control, hint) {
  const id = `field-${++numbers}`;
  control.id = id;
  const label = element("label", { for: id }, name, required ? element("abbr", { title: "required" }, "*") : "");
  const parts = [label, control];
  if (hint) {
    control.setAttribute("aria-describedby", `${id}-hint`);
    parts.push(element("small", { id: `${id}-hint` }, hint));
  }
  return element("div", { class: "field" }, ...parts);
}

function choice(name, options, schema, required, read = (text) => text) {
  const empty = required && schema.default === undefined ? [] : [element("option", { value: "" }, "–")];
  const made = options.map((text) => element("option", { value: text, selected: schema.default === text }, String(text)));
  const control = element("select", { name }, ...empty, ...made);
  return { node: labelled(name, required, control), value: () => (control.value === "" ? undefined : read(control.value)) };
}

function textField(name, type, schema, required) {
  const isNumber = type === "integer" || type === "number";
  const secret = /password/i.test(name);
  const known = memory.values[name];
  const control = element("input", {
    name,
    type: secret ? "password" : isNumber ? "number" : schema.format === "date" ? "date" : "text",
    autocomplete: "off",
    spellcheck: "false",
    required,
    maxlength: schema.maxLength,
    value: known ?? schema.default ?? "",
    placeholder: placeholder(schema),
  });
  const value = () => (control.value === "" ? undefined : isNumber ? Number(control.value) : control.value);
  return { node: labelled(name, required, control, schema.description), value };
}

function placeholder(schema) {
  if (schema.format === "uuid") return "id";
  if (schema.format === "date-time") return "2026-05-17T21:00:00Z";
  return schema.examples ? schema.examples[0] : "";
}

function objectField(name, schema) {
  const required = schema.required || [];
  const parts = Object.entries(schema.properties).map(([part, its]) => [part, field(part, its, required.includes(part))]);
  const node = element("fieldset", {}, element("legend", {}, name), ...parts.map(([, made]) => made.node));
  const value = () => {
    const found = parts.map(([part, made]) => [part, made.value()]).filter(([, its]) => its !== undefined);
    return found.length || !name ? Object.fromEntries(found) : undefined;
  };
  return { node, value };
}

function listField(name, schema, required) {
  const rows = element("div", { class: "rows" });
  const made = [];
  const add = () => {
    const item = field(`${name} ${made.length + 1}`, schema.items, false);
    const row = element("div", { class: "row" }, item.node);
    row.append(element("button", { type: "button", onclick: () => { made.splice(made.indexOf(item), 1); row.remove(); } }, "Remove"));
    made.push(item);
    rows.append(row);
  };
  const node = element("fieldset", {},
    element("legend", {}, name, required ? " (at least one)" : ""), rows,
    element("button", { type: "button", onclick: add }, `Add to ${name}`));
  const value = () => {
    const found = made.map((item) => item.value()).filter((its) => its !== undefined);
    return found.length ? found : undefined;
  };
  return { node, value };
}

export function bodyEditor(schema, required) {
  const form = field("", schema, required);
  const raw = element("textarea", { rows: "8", spellcheck: "false", "aria-label": "Body as JSON" });
  const asText = element("input", { type: "checkbox" });
  const node = element("div", { class: "body" },
    element("label", { class: "inline" }, asText, " write the body as JSON"), form.node, raw);
  const turn = () => {
    raw.hidden = !asText.checked;
    form.node.hidden = form.node.disabled = asText.checked;
    if (asText.checked) raw.value = JSON.stringify(form.value(), null, 2);
  };
  asText.addEventListener("change", turn);
  turn();
  const value = () => {
    if (asText.checked) return raw.value;
    const found = form.value();
    return !required && Object.keys(found).length === 0 ? undefined : JSON.stringify(found);
  };
  return { node, value };
}
