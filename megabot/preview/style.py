"""The style of the preview and of the live page, light and dark, from a phone's width up.

The live page's style and script are served as separate files, because its policy forbids inline ones.
"""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fff; --ground: #f4f5f7; --ink: #1c1e21; --quiet: #5c636b; --line: #d9dce1; --link: #0a58b0;
  --good: #0f7a4b; --on-good: #e9f6ef; --odd: #855600; --on-odd: #fdf4e0; --bad: #b3261e; --on-bad: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1d2024; --ground: #131517; --ink: #e6e8ea; --quiet: #9aa2ab; --line: #33383e; --link: #7db4ff;
    --good: #5fce9a; --on-good: #1b2b24; --odd: #e2b25a; --on-odd: #2d2618; --bad: #ff9d94; --on-bad: #351d1c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
body > * { max-width: 50rem; margin: 0 auto; padding: 1.25rem 1rem; overflow-wrap: anywhere; }
body > main { padding-block: 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1, h2, h3 { line-height: 1.25; }
header.top h1 { font-size: 1rem; font-weight: 600; color: var(--quiet); margin: 0 0 .6rem; }
.verdict, .found { border-left: 4px solid; border-radius: .3rem; padding: .55rem .9rem; margin: 0 0 1rem; }
.verdict strong, .found :is(h2, h3) { color: inherit; }
.good { border-color: var(--good); background: var(--on-good); } .good strong { color: var(--good); }
.odd { border-color: var(--odd); background: var(--on-odd); }
.odd strong, .odd :is(h2, h3) { color: var(--odd); }
.bad { border-color: var(--bad); background: var(--on-bad); }
.bad strong, .bad :is(h2, h3) { color: var(--bad); }
header.top > :last-child { margin-bottom: 0; }
nav ul { margin: 0; padding-left: 1.2rem; }
.found :is(h2, h3) { font-size: 1rem; margin: 0 0 .2rem; }
.found ul { list-style: none; margin: 0; padding: 0; }
.found li + li { margin-top: .45rem; }
.found .hint { color: var(--quiet); } .found .hint::before { content: "\\2192\\00a0"; }
article { margin-bottom: 2.5rem; scroll-margin-top: 1rem; }
article > h2 { font-size: 1.55rem; margin: 0 0 .8rem; }
.facts { display: grid; gap: .3rem; margin: 0 0 1rem; font-size: .925rem; }
.facts > div { display: grid; grid-template-columns: 5rem 1fr; gap: .6rem; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; }
.facts em { font-style: normal; font-weight: 600; }
meter { width: 4.5rem; height: .8rem; vertical-align: -.05rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem; }
.card { margin-bottom: 1rem; }
.card > h3 { font-size: .925rem; color: var(--quiet); margin: 0 0 .5rem; }
.extra { font-size: .925rem; border-bottom: 1px solid var(--line); margin-bottom: .9rem; }
.extra p { margin: 0 0 .5rem; }
.text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; }
.text h1 { font-size: 1.4rem; } .text h2 { font-size: 1.25rem; } .text h3 { font-size: 1.1rem; }
.text hr { border: 0; border-top: 1px solid var(--line); margin: 1.2rem 0; }
.text ul, .text ol { padding-left: 1.4rem; } .text li { margin: .2rem 0; }
.text pre { overflow-x: auto; background: var(--ground); padding: .7rem; border-radius: .4rem; }
.text table { border-collapse: collapse; display: block; overflow-x: auto; }
.text th, .text td { border: 1px solid var(--line); padding: .25rem .6rem; overflow-wrap: normal; }
.text blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.text blockquote { color: var(--quiet); }
.text details { margin: .6rem 0; } .text details > :last-child { margin-bottom: .4rem; }
.text summary { cursor: pointer; font-weight: 600; padding: .15rem 0; }
.text .image { border: 1px dashed var(--line); border-radius: .3rem; padding: .05rem .4rem; }
code { font-size: .9em; background: var(--ground); padding: .1em .3em; border-radius: .25rem; }
.found code { background: var(--paper); } .text pre code { padding: 0; }
footer { color: var(--quiet); font-size: .875rem; }
footer p { margin: 0; }
.diff { font-size: .8rem; line-height: 1.45; overflow-x: auto; background: var(--paper); padding: .6rem; }
.diff { border: 1px solid var(--line); border-radius: .4rem; max-height: 24rem; white-space: pre-wrap; }
.diff ins, .diff del { text-decoration: none; display: inline; }
.diff ins { color: var(--good); background: var(--on-good); }
.diff del { color: var(--bad); background: var(--on-bad); }
article > details > summary { cursor: pointer; font-weight: 600; } article > details { margin-bottom: 1rem; }
@media print { .card { border: 0; padding: 0; } }
"""


LIVE_STYLE = (
    STYLE
    + """
body > * { max-width: 76rem; padding: 0 1rem; }
#shown > * { overflow-wrap: anywhere; } article { margin-bottom: 1.2rem; }
#shown > footer { padding: 0 0 2rem; }
.last { border-left: .3rem solid var(--bad); padding: .4rem .8rem; margin: 0 0 1rem; }
.lost { background: var(--on-bad); color: var(--bad); padding: .6rem 1rem; border-radius: .4rem; }
.lost:not([hidden]) { position: sticky; top: 0; z-index: 2; }
header.bar { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .8rem 0; }
header.bar { border-bottom: 1px solid var(--line); margin-bottom: 1.2rem; }
.threads ul { display: flex; flex-wrap: wrap; gap: .3rem; list-style: none; margin: 0; padding: 0; }
.threads a { display: block; padding: .35rem .8rem; border-radius: .4rem; text-decoration: none; }
.threads a[aria-current] { background: var(--paper); border: 1px solid var(--line); font-weight: 600; }
.count { color: var(--bad); font-weight: 700; }
.steps { display: flex; flex: 1; gap: 1rem; align-items: center; justify-content: space-between; }
.steps p { margin: 0; text-align: center; line-height: 1.35; }
.step { white-space: nowrap; padding: .45rem .9rem; border: 1px solid var(--line); border-radius: .4rem; }
.step { background: var(--paper); text-decoration: none; }
aside .facts dt { overflow-wrap: normal; } aside meter { width: 3rem; }
aside .found h3 { display: none; } aside h2 { font-size: 1rem; margin: 1.4rem 0 .6rem; }
.step[aria-disabled] { opacity: .45; }
.quiet { color: var(--quiet); font-size: .9rem; }
.columns { display: grid; gap: 1.2rem; }
.columns > * { min-width: 0; }
.columns aside { grid-row: 1; }
@media (min-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr) 21rem; align-items: start; }
  .columns aside { grid-row: auto; position: sticky; top: 1rem; }
  .columns aside { max-height: calc(100vh - 2rem); overflow: auto; }
}
.columns h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .3rem; overflow-wrap: anywhere; }
.columns .card > h2 { font-size: .925rem; color: var(--quiet); margin: 0 0 .5rem; }
.byline { margin: 0 0 .9rem; }
.mark { border: 1px solid var(--line); border-radius: .3rem; padding: 0 .4rem; }
.mark { font-size: .8rem; font-weight: 600; }
.picture { display: block; max-width: 100%; height: auto; max-height: 32rem; border-radius: .4rem; }
.picture { margin: 0 0 .8rem; }
p.extra { border: 0; margin: 0 0 .8rem; overflow-wrap: anywhere; }
aside details { margin: .8rem 0; } aside summary { cursor: pointer; font-weight: 600; }
.to-left { text-align: left; } .to-center { text-align: center; } .to-right { text-align: right; }
@media (max-width: 40rem) {
  header.bar { padding: .6rem 0; }
  .steps { flex-wrap: wrap; gap: .4rem; } .steps p { order: -1; flex: 1 0 100%; }
}
"""
)


LIVE_SCRIPT = """\
"use strict";
// When the server reports a change, fetch the shown part again and replace it.
const shown = document.getElementById("shown");
const lost = document.querySelector(".lost");

function opened() {
  const seen = new Map();
  return [...shown.querySelectorAll("details")].map((one) => {
    const words = one.querySelector("summary").textContent;
    seen.set(words, (seen.get(words) || 0) + 1);
    return [`${words}#${seen.get(words)}`, one];
  });
}

let wanted = 0;
async function follow() {
  const mine = ++wanted;
  const answer = await fetch(`/part${location.search}`, { cache: "no-store" });
  const html = await answer.text();
  if (mine !== wanted || !answer.ok) return;
  const were = new Set(opened().filter(([, one]) => one.open).map(([name]) => name));
  const [x, y] = [scrollX, scrollY];
  shown.innerHTML = html;
  for (const [name, one] of opened()) one.open = were.has(name);
  scrollTo(x, y);
  const title = shown.querySelector("h1");
  if (title) document.title = `${title.textContent} - megabot preview`;
}

const events = new EventSource("/events");
let known = shown.dataset.count;
events.onmessage = (event) => {
  lost.hidden = true;
  if (known !== event.data) follow().catch(() => {});
  known = event.data;
};
events.onerror = () => { lost.hidden = false; };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const step = rel && shown.querySelector(`a.step[rel="${rel}"]`);
  if (step && !event.target.closest("input, textarea, select, pre, summary")) step.click();
});
"""
