// Where one is, who one is, and what the database holds.

import { call, memory, rememberTokens } from "./api.js";
import { element } from "./viewer.js";

const at = (id) => document.getElementById(id);

export async function start(changed) {
  const { json: here } = await call("GET", "/devtools/surroundings");
  at("environment").textContent = `${here.environment} · ${here.store}`;
  document.body.dataset.environment = here.environment;
  at("people").replaceChildren(...here.people.map((person) =>
    element("button", { type: "button", onclick: () => logIn(person.email, here.password, changed) },
      `${person.role}: ${person.name || person.email}`)));
  at("log-in").addEventListener("submit", (event) => {
    event.preventDefault();
    logIn(event.target.email.value, event.target.password.value, changed);
  });
  at("log-out").addEventListener("click", () => { rememberTokens("", ""); tell("not logged in"); changed(); });
  at("token").addEventListener("change", () => { rememberTokens(at("token").value.trim(), memory.refreshToken); tell(""); changed(); });
  at("refresh-token").addEventListener("change", () => rememberTokens(memory.accessToken, at("refresh-token").value.trim()));
  at("refresh").addEventListener("click", () => refresh(changed));
  at("seed").addEventListener("click", () => alter("/devtools/seed", "Telling the demo …", "The demo is there. Reload for its people.", changed));
  at("reset").addEventListener("click", () => {
    if (confirm(`Throw away everything in ${here.store}?`)) alter("/devtools/reset", "Emptying …", "The database is empty.", changed);
  });
  tell(memory.accessToken ? "" : "not logged in");
  for (const controls of document.querySelectorAll(".until-started")) controls.disabled = false;  // pressed before, they would do nothing
}

async function logIn(email, password, changed) {
  await take(await call("POST", "/api/v1/auth/login", { body: JSON.stringify({ email, password, deviceId: "devtools" }) }), changed);
}

async function refresh(changed) {
  const body = JSON.stringify({ refreshToken: memory.refreshToken });
  await take(await call("POST", "/api/v1/auth/refresh", { body }), changed);
}

async function take(answer, changed) {
  if (!answer.ok) return tell(answer.json ? answer.json.detail : `${answer.status}`);
  rememberTokens(answer.json.accessToken, answer.json.refreshToken);
  tell(`${answer.json.user.email} · ${answer.json.user.role}`);
  at("session").open = false;
  changed();
}

function tell(text) {
  at("who").textContent = text || whoSays(memory.accessToken);
  at("token").value = memory.accessToken;
  at("refresh-token").value = memory.refreshToken;
}

function whoSays(token) {
  try {
    const claims = JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return `${claims.role} …${claims.sub.slice(-8)} until ${new Date(claims.exp * 1000).toLocaleTimeString()}`;
  } catch {
    return "a token of unknown form";
  }
}

async function alter(path, begun, done, changed) {
  const buttons = [at("seed"), at("reset")];
  buttons.forEach((button) => { button.disabled = true; });
  at("data-status").textContent = begun;
  const answer = await call("POST", path, { body: JSON.stringify({ confirm: true }) });
  buttons.forEach((button) => { button.disabled = false; });
  at("data-status").textContent = answer.ok ? done : answer.json ? answer.json.detail : `${answer.status}`;
  if (answer.ok) changed();
}
