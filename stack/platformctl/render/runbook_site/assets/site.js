"use strict";

const query = document.getElementById("query");
const WEIGHTS = [["name", 8], ["says", 3], ["text", 1]];
const MOST = 12;

/** Words of two letters and more, without case; a name in humps is several. */
function words(text) {
  return text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().match(/[a-z0-9_]{2,}/g) ?? [];
}

/** How well a page fits; 0 unless every word begins a word of it. */
function score(page, wanted) {
  let sum = 0;
  for (const word of wanted) {
    const found = WEIGHTS.find(([field]) => page.words[field].some((other) => other.startsWith(word)));
    if (!found) return 0;
    sum += found[1];
  }
  return sum;
}

function link(name) {
  const made = document.createElement("a");
  made.href = `${encodeURIComponent(name)}.html`;
  made.textContent = name;
  return made;
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

/** The line of the page that has the first word, or else its first line of prose. */
function excerpt(page, wanted) {
  const lines = page.text.split("\n").filter((line) => line && !/^(#|```)/.test(line));
  return (lines.find((line) => words(line).some((word) => word.startsWith(wanted[0]))) ?? lines[0] ?? "").slice(0, 160);
}

function search() {
  const wanted = words(query.value);
  const results = document.getElementById("results");
  results.hidden = wanted.length === 0;
  if (results.hidden) return;
  const hits = PAGES.map((page) => [score(page, wanted), page]).filter(([points]) => points > 0);
  hits.sort(([a, one], [b, other]) => b - a || one.name.localeCompare(other.name));
  document.getElementById("found").textContent =
    hits.length === 0 ? `Nothing fits “${query.value.trim()}”.` : `${hits.length} of ${PAGES.length} pages`;
  document.getElementById("hits").replaceChildren(
    ...hits.slice(0, MOST).map(([, page]) => {
      const item = document.createElement("li");
      item.append(link(page.name), paragraph(excerpt(page, wanted)));
      return item;
    }),
  );
}

/** Ask the Prometheus that serves this page what fires; from a file, or without an answer, say nothing. */
async function showFiring() {
  const section = document.getElementById("firing");
  if (!location.protocol.startsWith("http")) return;
  const answer = await fetch("../../api/v1/alerts").catch(() => undefined);
  if (!answer?.ok) return;
  const { data } = await answer.json();
  const only = section.dataset.alert;
  const firing = data.alerts.filter(
    ({ state, labels }) => state === "firing" && labels.severity !== "none" && (!only || labels.alertname === only),
  );
  section.hidden = firing.length === 0;
  section.querySelector("ul").replaceChildren(
    ...firing.map(({ labels, annotations }) => {
      const item = document.createElement("li");
      if (!only) item.append(link(labels.alertname));
      item.append(paragraph(annotations.summary ?? ""));
      return item;
    }),
  );
}

function offerCopies() {
  for (const caption of document.querySelectorAll(".code figcaption")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(caption.parentElement.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    if (navigator.clipboard) caption.append(button);
  }
}

function offerTheme() {
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
  const other = () => (chosen() === "dark" ? "light" : "dark");
  const label = () => { button.textContent = other() === "dark" ? "Dark" : "Light"; };
  const kept = localStorage.getItem("theme");
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
  label();
  button.hidden = false;
  dark.addEventListener("change", label);
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = other();
    localStorage.setItem("theme", chosen());
    label();
  });
}

const PAGES = window.RUNBOOKS.map((page) => ({
  ...page,
  words: { name: [...words(page.name), page.name.toLowerCase()], says: words(page.says), text: words(page.text) },
}));
const form = document.getElementById("search");
form.hidden = false;
query.addEventListener("input", search);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  document.querySelector("#hits a")?.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== query) {
    event.preventDefault();
    query.focus();
  } else if (event.key === "Escape" && document.activeElement === query) {
    query.value = "";
    search();
  }
});
offerTheme();
offerCopies();
showFiring();
