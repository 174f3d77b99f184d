"use strict";
// The server draws; this only fetches what it drew when that has changed. What
// people opened stays open.
const tags = {};
async function refresh(id, url) {
  const headers = tags[id] ? {"If-None-Match": tags[id]} : {};
  const answer = await fetch(url, {headers, cache: "no-store"});
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  tags[id] = answer.headers.get("ETag");
  const place = document.getElementById(id);
  const open = new Set(Array.from(place.querySelectorAll("details[open]"), d => d.dataset.key));
  place.replaceChildren(...page.body.childNodes);
  for (const d of place.querySelectorAll("details")) d.open = open.has(d.dataset.key);
}
async function turn() {
  const state = document.getElementById("state");
  try {
    if (!document.hidden) {
      await refresh("charts", "view/charts");
      await refresh("samples", "view/samples" + location.search);
    }
    state.textContent = "updates every two seconds";
  } catch (e) {
    state.textContent = "no answer: the run has ended or stopped";
  }
  setTimeout(turn, 2000);
}
setTimeout(turn, 2000);
