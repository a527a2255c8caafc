// Calls the API, and remembers what later calls can use: tokens, ids, ETags.

export const memory = {
  accessToken: sessionStorage.getItem("accessToken") || "",
  refreshToken: sessionStorage.getItem("refreshToken") || "",
  values: {},  // by parameter name: what was seen last under it, to be filled into forms
  etags: {},   // by path
};

export function rememberTokens(accessToken, refreshToken) {
  memory.accessToken = accessToken;
  memory.refreshToken = refreshToken;
  sessionStorage.setItem("accessToken", accessToken);
  sessionStorage.setItem("refreshToken", refreshToken);
}

export async function call(method, path, { query = "", headers = {}, body } = {}) {
  const sent = { ...headers };
  if (memory.accessToken) sent.Authorization = `Bearer ${memory.accessToken}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  const begun = performance.now();
  const response = await fetch(path + (query ? `?${query}` : ""), { method, headers: sent, body, cache: "no-store" });
  const text = await response.text();
  const type = response.headers.get("Content-Type") || "";
  const answer = {
    method, path, query,
    status: response.status,
    ok: response.ok,
    milliseconds: Math.round(performance.now() - begun),
    headers: [...response.headers.entries()],
    type, text,
    json: type.includes("json") && text ? JSON.parse(text) : undefined,
  };
  const etag = response.headers.get("ETag");
  if (etag && response.ok) memory.etags[path] = etag;
  return answer;
}

export function rememberIds(value) {
  if (Array.isArray(value)) return value.forEach(rememberIds);
  if (value === null || typeof value !== "object") return;
  for (const [name, part] of Object.entries(value)) {
    if (name.endsWith("Id") && typeof part === "string") memory.values[name] = part;
    else rememberIds(part);
  }
}
