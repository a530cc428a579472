"""The look of the sandbox's pages: a style sheet and signs, light and dark, nothing from elsewhere."""

# Drawn, not typed: many a host has no font for the signs of Unicode.
_SIGN = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'
_PIN = "M5 1h6v2l-1 1v3l2.5 2v1.5H8.75V15h-1.5v-4.5H3.5V9L6 7V4L5 3z"
_LOCK = "M4.5 7V5a3.5 3.5 0 0 1 7 0v2H13v8H3V7zM6 7h4V5a2 2 0 0 0-4 0z"
_SHIELD = "M8 1l6 2v5c0 3.5-2.5 6-6 7-3.5-1-6-3.5-6-7V3z"
PINNED = f'<span class="mark pinned">{_SIGN.format(path=_PIN)} Pinned</span>'
LOCKED = f'<span class="mark locked">{_SIGN.format(path=_LOCK)} Locked</span>'
MODERATOR = f'<span class="mark pinned">{_SIGN.format(path=_SHIELD)} Moderator</span>'
NSFW = '<span class="mark nsfw">NSFW</span>'

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fff; --ground: #f4f5f7; --ink: #1c1e21; --quiet: #5c636b; --line: #d9dce1;
  --link: #0a58b0; --pin: #0f7a4b; --lock: #9a6400; --word: #e9f6ef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1d2024; --ground: #131517; --ink: #e6e8ea; --quiet: #9aa2ab; --line: #33383e;
    --link: #7db4ff; --pin: #5fce9a; --lock: #e2b25a; --word: #1b2b24;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
body > header { background: var(--paper); border-bottom: 1px solid var(--line); }
body > header nav { max-width: 66rem; margin: auto; padding: .7rem 1rem; color: var(--quiet); }
body > header nav a { font-weight: 600; text-decoration: none; }
.columns { max-width: 66rem; margin: 1.25rem auto; padding: 0 1rem; display: grid; gap: 1.25rem; }
.columns > * { min-width: 0; }
@media (min-width: 52rem) { .columns.two { grid-template-columns: 1fr 17rem; align-items: start; } }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem; }
.facts { color: var(--quiet); font-size: .875rem; margin: 0; }
ol.posts, ul.plain { list-style: none; margin: 0; padding: 0; }
ol.posts > li { padding: .8rem 0; border-top: 1px solid var(--line); }
ol.posts > li:first-child { border-top: 0; padding-top: 0; }
ol.posts > li:last-child { padding-bottom: 0; }
ol.posts a.title { font-weight: 600; font-size: 1.05rem; text-decoration: none; overflow-wrap: anywhere; }
.mark { font-size: .8rem; font-weight: 600; white-space: nowrap; }
.mark svg { width: .95em; height: .95em; fill: currentColor; vertical-align: -.1em; }
.pinned { color: var(--pin); } .locked { color: var(--lock); } .nsfw { color: var(--lock); }
.thumbnail { display: block; margin: .4rem 0; overflow: hidden; border-radius: .4rem; width: fit-content; }
.thumbnail img { display: block; max-width: 100%; max-height: 9rem; object-fit: cover; }
.veiled img { filter: blur(1rem); }
.title-image img { max-width: 100%; height: auto; border-radius: .4rem; }
.text { overflow-wrap: anywhere; }
.text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; }
.text img { max-width: 100%; height: auto; }
.text pre { overflow-x: auto; background: var(--ground); padding: .7rem; border-radius: .4rem; }
.text table { border-collapse: collapse; display: block; overflow-x: auto; }
.text th, .text td { border: 1px solid var(--line); padding: .25rem .6rem; }
.text blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.text blockquote { color: var(--quiet); }
.text details { margin: .6rem 0; } .text summary { cursor: pointer; font-weight: 600; }
.text h1 { font-size: 1.3rem; } .text h2 { font-size: 1.2rem; } .text h3 { font-size: 1.08rem; }
article.comment { border-left: 3px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: .9rem 0 0; }
article.comment.distinguished { border-color: var(--pin); background: var(--word); padding: .6rem .9rem; }
article.comment .text { margin-top: .2rem; }
section + section, article.card + section { margin-top: 1.25rem; }
article.post .facts { margin-bottom: .9rem; }
.text code { font-size: .9em; background: var(--ground); padding: .1em .3em; border-radius: .25rem; }
.text pre code { padding: 0; }
"""
