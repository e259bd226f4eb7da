"use strict";
// Everything shown comes from students and models: it is written as text alone, never as HTML.

const KINDS = {
  dead_code: "Dead code", hard_coded_size: "Hard-coded size", loop: "Loop", redundant_step: "Redundant step",
  unclear_name: "Unclear name", missing_shape_comment: "Missing shape comment", non_idiomatic_call: "Non-idiomatic call",
  praise: "Praise", mistake: "Mistake", other: "Other",
};
const PAST = { approved: "approved", edited: "edited and approved", rejected: "rejected", open: "put back" };
const POLL = 4000, SLOW = 3000, PATIENCE = 20000, READING = 180000; // reading a large class for the first time takes a while
const LISTED = 60;
const TOKEN = document.querySelector("meta[name=xsrf-token]").content;
const LONGEST = Number(document.body.dataset.longest);

// A group is what one decision is about. `cards`: the server's entries, the one in front first; `state`: waits, saving,
// decided, failed, conflict or gone.
const lists = { waiting: [], folded: [] };
const full = new Map(); // by key: promises of what is needed to decide
const edits = new Map(JSON.parse(sessionStorage.getItem("desk-edits") || "[]")); // by group: edited texts that are not saved yet
const undoable = []; // groups, the last decision last
let current = "", editing = false, shownVersion = 0, note = "";
let you = document.body.dataset.user, number = 0, version = -1, view = "waiting", lost = "", loaded = false;

// ---- small things

function h(tag, given, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(9).filter(child => child != null && child !== false && child !== ""));
  return element;
}
const $ = id => document.getElementById(id);
const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
const say = sentence => { $("status").textContent = sentence; };
const prose = text => text.split("`").length % 2 ? text.split("`").map((part, i) => i % 2 ? h("code", {}, part) : part) : text;

function when(at) {
  const time = new Date(at), clock = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return time.toDateString() === new Date().toDateString() ? clock : `${time.toLocaleDateString()}, ${clock}`;
}
function who(decision) {
  return `${decision.by === you ? "You" : decision.by} ${PAST[decision.verdict]} this at ${when(decision.at)}`;
}

/** Keep an edited text until it is saved, over a reload too; undefined: there is none any more. */
function keep(id, text) {
  if (text === undefined) edits.delete(id);
  else edits.set(id, text);
  sessionStorage.setItem("desk-edits", JSON.stringify([...edits]));
}

// ---- the server

async function ask(address, body) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), loaded ? PATIENCE : READING);
  const slow = setTimeout(() => say(body ? "The server is slow; your decision is on its way." : "The server is slow."), SLOW);
  try {
    const given = { headers: { "X-XSRFToken": TOKEN, Accept: "application/json" }, signal: stop.signal, credentials: "same-origin" };
    if (body) Object.assign(given, { method: "POST", body: JSON.stringify(body) });
    const answer = await fetch(address, given);
    const found = await answer.json().catch(() => ({ message: `The server answered ${answer.status}.` }));
    return { status: answer.status, ...found };
  } catch {
    return { status: 0, message: "The server did not answer." };
  } finally {
    clearTimeout(timer);
    clearTimeout(slow);
  }
}

function head(found) {
  you = found.you;
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = found.counts[place.dataset.count];
  document.title = document.title.replace(/^(\(\d+\) )?/, found.counts.waiting ? `(${found.counts.waiting}) ` : "");
  $("today").textContent = `${count(found.counts.waiting, "decision")} left, ${count(found.counts.reached, "student")} reached`;
}

async function loadQueue() {
  const found = await ask("queue");
  if (found.status !== 200) return trouble(found);
  head(found);
  for (const name of ["waiting", "folded"]) {
    const known = new Map(lists[name].map(group => [group.id, group]));
    const fresh = found[name].map(entry => {
      const group = known.get(entry.cards[0].key);
      return group && ["saving", "failed", "conflict"].includes(group.state) ? group : { ...entry, id: entry.cards[0].key, state: "waits" };
    });
    const there = new Set(fresh.map(group => group.id));
    // Whatever is not finished stays in reach, even where the queue has no place for it any more.
    const unfinished = lists[name].filter(group => !there.has(group.id) && (group.state !== "decided" || group.id === current || edits.has(group.id)));
    for (const group of unfinished) if (group.state === "waits") group.state = "gone";
    lists[name] = [...fresh, ...unfinished];
  }
  if (version !== found.version) full.clear();
  version = found.version;
  number = loaded ? number : found.number;
  loaded = true;
  if (!lists[view]?.some(group => group.id === current)) { editing = false; current = lists[view]?.[0]?.id || ""; shownVersion = 0; }
}

let asking = Promise.resolve();
// One after the other, so that an undo comes after what it undoes.
function inTurn(what) { return (asking = asking.then(what, what)); }

function decide(group, verdict, text) {
  Object.assign(group, { state: "saving", wanted: { verdict, text }, trouble: "" });
  return inTurn(() => send(group, verdict, text));
}

async function send(group, verdict, text) {
  const drafts = group.cards.map(card => ({ key: card.key, seen: card.seen }));
  const found = await ask("decisions", { drafts, verdict, ...(text === undefined ? {} : { text }) });
  note = "";
  if (found.status === 200) {
    lost = "";
    head(found);
    settle(group, found.decisions);
    if (verdict === "open") group.state = "waits";
    else undoable.push(group);
    note = found.left ? `The text does not fit ${count(found.left, "other answer")}, whose code has other names: still to decide.` : "";
    say(`${PAST[verdict]}: ${count(found.decisions.length, "draft")}. ${note}`);
    if (found.left) await loadQueue();
  } else if (found.status === 409) {
    conflict(group, found.decision);
    // What else they decided about the same group has been seen, too, before anybody decides anew.
    await news();
    // Back to it, unless that would take a text from under the writer's hands.
    if (!editing && view !== "decided") { current = group.id; shownVersion = 0; }
    note = editing ? `${KINDS[group.kind]} in ${group.cell}: ${who(found.decision)} meanwhile. Your decision was not saved.` : "";
    say(`${who(found.decision)} meanwhile. Your decision was not saved.`);
  } else {
    // What the server understood and refused is not tried again as it is.
    const refused = found.status === 400;
    Object.assign(group, { state: refused ? "waits" : "failed", trouble: found.message });
    if (found.status === 404) await loadQueue();
    if (refused && view !== "decided") { current = group.id; editing = edits.has(current); }
    trouble(refused ? null : found);
  }
  show();
}

/** What was decided about a group's drafts is known here. */
function settle(group, decisions) {
  for (const decision of decisions) {
    const card = group.cards.find(each => each.key === decision.key);
    if (card) card.seen = decision.number;
    full.delete(decision.key);
  }
  const decided = new Set(decisions.map(decision => decision.key));
  group.cards = group.cards.filter(card => decided.has(card.key));
  Object.assign(group, { state: "decided", decision: decisions[0], wanted: null, trouble: "" });
  keep(group.id);
}

/** Somebody else was quicker. */
function conflict(group, decision) {
  const card = group.cards.find(each => each.key === decision.key);
  if (card) card.seen = decision.number;
  Object.assign(group, { state: "conflict", decision, trouble: "" });
}

async function news() {
  if (document.hidden || !loaded) return;
  const found = await ask(`news?since=${number}`);
  if (found.status !== 200) return trouble(found);
  if (lost) { lost = ""; trouble(null); }
  head(found);
  const all = [...lists.waiting, ...lists.folded];
  let changed = false;
  for (const decision of found.decisions) {
    const group = all.find(each => each.cards.some(card => card.key === decision.key && card.seen < decision.number));
    if (!group || group.state === "saving") continue;
    changed = true;
    // An answer that was lost on its way here is no other's decision.
    const mine = decision.by === you && group.wanted?.verdict === decision.verdict;
    if (mine) settle(group, found.decisions.filter(each => group.cards.some(card => card.key === each.key)));
    else conflict(group, decision);
    if (group.id === current && !mine) say(`${who(decision)}.`);
  }
  number = found.number;
  const put_back = found.decisions.some(decision => decision.verdict === "open");
  if ((found.version !== version || put_back) && !all.some(group => group.state === "saving")) {
    await loadQueue();
    changed = true;
  }
  if (changed && view !== "decided") show(true);
}

function trouble(found) {
  lost = found ? found.message : "";
  drawAlerts();
}

function drawAlerts() {
  const failed = [...lists.waiting, ...lists.folded].filter(group => group.state === "failed");
  const parts = [];
  if (failed.length) {
    parts.push(h("div", { class: "notice" },
      h("p", {}, h("strong", {}, `Not saved: ${count(failed.length, "decision")}. `), failed[0].trouble, " Nothing is lost; your text is kept here."),
      h("div", { class: "row" }, h("button", { type: "button", onclick: retry }, "Try again"),
        h("button", { type: "button", onclick: () => go(failed[0].id) }, "Look at it"))));
  } else if (lost) {
    parts.push(h("div", { class: "notice" }, h("p", {}, lost, " ", loaded ? "The page goes on trying." : ""),
      !loaded && h("div", { class: "row" }, h("button", { type: "button", onclick: open }, "Try again"))));
  }
  if (note) parts.push(h("div", { class: "notice" }, h("p", {}, note)));
  $("alerts").replaceChildren(...parts);
}

function retry() {
  for (const group of [...lists.waiting, ...lists.folded]) {
    if (group.state === "failed") decide(group, group.wanted.verdict, group.wanted.text);
  }
  show(true);
}

function detail(key) {
  if (!full.has(key)) {
    full.set(key, ask(`drafts/${key}`).then(found => {
      if (found.status !== 200) full.delete(key);
      return found;
    }));
  }
  return full.get(key);
}

// ---- moving about

const here = () => lists[view].find(group => group.id === current);
const isOpen = group => ["waits", "failed"].includes(group.state);

function go(id) {
  if (!lists[view]?.some(group => group.id === id)) { view = lists.folded.some(group => group.id === id) ? "folded" : "waiting"; location.hash = view; }
  current = id;
  shownVersion = 0;
  editing = false;
  show();
}

function step(by) {
  const next = lists[view][lists[view].findIndex(group => group.id === current) + by];
  if (next) go(next.id);
  else say(by > 0 ? "This is the last one." : "This is the first one.");
}

function onwards() {
  const place = lists[view].findIndex(group => group.id === current);
  const next = [...lists[view].slice(place + 1), ...lists[view].slice(0, place)].find(group => group.state === "waits");
  if (next) go(next.id);
  else { editing = false; show(); }
}

// ---- deciding

function act(verdict) {
  const group = here();
  if (!group) return;
  if (!isOpen(group)) return say(group.state === "saving" ? "This is being saved." : "This is decided. Press N to decide anew.");
  decide(group, verdict);
  onwards();
}

function edit() {
  const group = here();
  if (!group || !isOpen(group)) return act("edited");
  editing = true;
  show();
  const box = $("text");
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

function save() {
  const group = here(), text = $("text").value;
  keep(current, text);
  if (!text.trim() || text.trim().length > LONGEST) {
    say(text.trim() ? `The comment is longer than ${LONGEST} characters.` : "The comment has no text.");
    $("text").focus();
    return;
  }
  editing = false;
  decide(group, "edited", text);
  onwards();
}

function leave() {
  editing = false;
  if (edits.get(current) === here()?.cards[0].raw) keep(current);
  show();
}

function anew() {
  const group = here();
  if (group && ["decided", "conflict"].includes(group.state)) {
    Object.assign(group, { state: "waits", wanted: null });
    show();
  }
}

async function leaveSo() {
  const group = here();
  keep(group.id);
  group.state = "decided";
  await loadQueue();
  onwards();
}

function undo() {
  const group = undoable.pop();
  if (!group) return say("Nothing of yours is left to undo here. The view “Decided” has all that was decided.");
  decide(group, "open");
  if (!lists.waiting.includes(group) && !lists.folded.includes(group)) lists.waiting.unshift(group);
  go(group.id);
}

/** Put another draft of the group in front, or take it out of the group. */
function front(group, card) {
  group.cards = [card, ...group.cards.filter(each => each !== card)];
  shownVersion = 0;
  show();
}

function takeOut(group, card) {
  group.cards = group.cards.filter(each => each !== card);
  group.students -= card.students;
  const alone = { ...group, id: card.key, cards: [card], students: card.students, state: "waits" };
  lists[view].splice(lists[view].indexOf(group) + 1, 0, alone);
  show();
}

// ---- drawing

function show(quietly) {
  drawAlerts();
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view !== "decided" && loaded) drawQueue(quietly);
}

function drawQueue(quietly) {
  const group = here(), box = $("text");
  // A text that is being written is not taken from under the writer's hands.
  if (quietly && editing && box && group && isOpen(group)) return drawList();
  if (!group) {
    const words = view === "folded" ? "Nothing is folded away." : "Nothing waits.";
    $("view").replaceChildren(h("div", { class: "empty" }, h("p", { class: "big" }, words), h("p", { class: "soft" }, "New drafts appear here by themselves.")));
    return;
  }
  const body = h("div", { class: "evidence" }, h("p", { class: "soft" }, "Loading the code …")), reasons = h("ul", { class: "why" });
  const article = h("article", { class: "card waiting", "aria-labelledby": "what" }, ...cardHead(group, reasons), body);
  const list = h("nav", { class: "list", "aria-label": "Groups of drafts" });
  const kept = document.querySelector(".list")?.scrollTop || 0;
  $("view").replaceChildren(h("div", { class: "desk" }, list, article));
  drawList();
  list.scrollTop = kept;
  list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  if (!quietly) {
    scrollTo({ top: 0 });
    $("what").focus({ preventScroll: true });
  }
  fill(group.cards[0].key, body, reasons);
  const place = lists[view].indexOf(group);
  for (const next of lists[view].slice(place + 1, place + 3)) detail(next.cards[0].key);
}

function cardHead(group, reasons) {
  const [card, ...others] = group.cards, place = lists[view].indexOf(group), open = isOpen(group);
  const parts = [
    h("div", { class: "head" },
      h("h2", { id: "what", tabindex: "-1" }, KINDS[group.kind] || group.kind, " ", h("span", { class: "soft" }, "in ", h("code", {}, group.cell))),
      h("span", { class: group.right ? "tag right" : "tag wrong" }, group.right ? "✓ answer right" : "✗ answer not right"),
      h("span", { class: "tag" }, `for ${count(group.students, "student")}`),
      h("span", { class: "place soft" }, `${place + 1} of ${lists[view].length}`)),
    banner(group),
    group.finding && h("div", { class: "finding" }, h("h3", {}, "Code confirms"), h("p", {}, prose(group.finding))),
    h("h3", { class: "draft" }, "The model’s draft"),
  ];
  if (editing) return [...parts, editor(group), reasons];
  const text = group.state === "decided" && group.decision.verdict === "edited" ? group.decision.text : card.text;
  return [...parts,
    h("blockquote", { class: "said", dir: "auto" }, prose(text)),
    reasons,
    edits.has(group.id) && h("p", { class: "soft" }, "You have begun an edited text; it is kept. ", h("kbd", {}, "E"), " goes on with it."),
    h("div", { class: "actions", role: "group", "aria-label": "Decide" },
      h("button", { type: "button", class: "yes", disabled: !open, "aria-keyshortcuts": "A", onclick: () => act("approved") }, "Approve ", h("kbd", {}, "A")),
      h("button", { type: "button", disabled: !open, "aria-keyshortcuts": "E", onclick: edit }, "Edit ", h("kbd", {}, "E")),
      h("button", { type: "button", class: "no", disabled: !open, "aria-keyshortcuts": "R", onclick: () => act("rejected") }, "Reject ", h("kbd", {}, "R")),
      h("span", { class: "gap" }),
      h("button", { type: "button", disabled: !undoable.length, "aria-keyshortcuts": "U", onclick: undo, "aria-label": "Undo" }, "↶ ", h("span", { class: "word" }, "Undo "), h("kbd", {}, "U")),
      h("button", { type: "button", "aria-label": "Previous", onclick: () => step(-1) }, "← ", h("kbd", {}, "K")),
      h("button", { type: "button", "aria-label": "Next", onclick: () => step(1) }, "→ ", h("kbd", {}, "J"))),
    others.length > 0 && h("details", { class: "alike", open: others.length <= 4 },
      h("summary", {}, `${count(others.length, "other draft")} on the same: these answers get the text above, or none`),
      h("ul", {}, others.map(other => h("li", {}, prose(other.text), h("span", { class: "soft" }, ` for ${count(other.students, "student")} `),
        other.line && h("code", {}, other.line), " ",
        open && h("button", { type: "button", class: "link", onclick: () => front(group, other) }, "put in front"), " ",
        open && h("button", { type: "button", class: "link", onclick: () => takeOut(group, other) }, "take out"))))),
  ];
}

function banner(group) {
  const again = h("button", { type: "button", onclick: anew }, "Decide anew ", h("kbd", {}, "N"));
  if (group.state === "saving") return h("p", { class: "notice calm" }, "Being saved …");
  if (group.state === "waits" && group.trouble) return h("p", { class: "notice" }, group.trouble);
  if (group.state === "failed") return h("p", { class: "notice" }, h("strong", {}, "Not saved. "), group.trouble);
  if (group.state === "gone") return h("p", { class: "notice" }, "This does not wait any more: the answer was graded anew, or the model was asked again.");
  if (group.state === "decided") return h("div", { class: "notice calm" }, h("p", {}, `${who(group.decision)}.`), h("div", { class: "row" }, again));
  if (group.state !== "conflict") return null;
  const kept = edits.has(group.id) ? " Your edited text is kept." : "";
  const text = group.decision.verdict === "rejected" ? "." : [": “", group.decision.text, "”"];
  return h("div", { class: "notice" },
    h("p", {}, h("strong", {}, `${who(group.decision)} meanwhile`), text, group.wanted ? ` Your decision was not saved.${kept}` : kept),
    h("div", { class: "row" }, again, h("button", { type: "button", onclick: leaveSo }, "Leave it so")));
}

function editor(group) {
  const card = group.cards[0], left = h("span", { class: "count" });
  const box = h("textarea", { id: "text", dir: "auto", rows: "4" });
  const measure = () => {
    left.textContent = `${box.value.trim().length} of ${LONGEST} characters`;
    left.classList.toggle("over", box.value.trim().length > LONGEST);
  };
  box.value = edits.get(group.id) ?? card.raw;
  box.addEventListener("input", () => { keep(group.id, box.value); measure(); });
  measure();
  return h("div", { class: "edit" },
    h("blockquote", { class: "said before", dir: "auto" }, prose(card.text)),
    h("label", { for: "text" }, "What students get (Markdown)"), box,
    h("div", { class: "actions" },
      h("button", { type: "button", class: "yes", onclick: save }, "Save ", h("kbd", {}, "Ctrl+Enter")),
      h("button", { type: "button", onclick: leave }, "Leave ", h("kbd", {}, "Esc")),
      h("button", { type: "button", class: "link", onclick: () => { box.value = card.raw; box.dispatchEvent(new Event("input")); box.focus(); } }, "Back to the model’s text"),
      left));
}

function drawList() {
  const list = document.querySelector(".list");
  if (!list) return;
  const state = group => group.state === "decided" || group.state === "conflict"
    ? `${group.decision.by === you ? "you" : group.decision.by}: ${PAST[group.decision.verdict]}`
    : { saving: "being saved", gone: "gone", failed: "not saved" }[group.state];
  const entry = group => h("li", { class: isOpen(group) ? "" : "done" },
    h("button", { type: "button", "aria-current": group.id === current && "true", onclick: () => go(group.id) },
      h("span", { class: "what" }, group.cards[0].text),
      h("span", { class: "about" }, `${KINDS[group.kind] || group.kind}, ${group.cell}, ${count(group.students, "student")}`),
      h("span", { class: "about" }, state(group))));
  // Thousands of entries would make every step slow.
  const all = lists[view], begin = Math.max(0, Math.min(all.indexOf(here()) - 10, all.length - LISTED)), after = all.length - begin - LISTED;
  list.replaceChildren(h("h2", {}, view === "folded" ? "Folded away" : "Waiting"), begin > 0 && h("p", { class: "soft" }, `${begin} before`) || "",
    h("ol", {}, all.slice(begin, begin + LISTED).map(entry)), after > 0 && h("p", { class: "soft" }, `${after} after`) || "");
}

async function fill(key, body, reasons) {
  const found = await detail(key);
  if (!body.isConnected) return;
  if (found.status !== 200) {
    body.replaceChildren(h("p", { class: "notice" }, found.message, " ",
      h("button", { type: "button", onclick: () => fill(key, body, reasons) }, "Try again")));
    return;
  }
  const chosen = found.versions[Math.min(shownVersion, found.versions.length - 1)];
  reasons?.replaceChildren(...(chosen.again ? [h("li", {}, h("strong", {}, chosen.again))] : []), ...chosen.why.map(sentence => h("li", {}, prose(sentence))));
  const [first, last] = chosen.marked;
  const place = first < 1 ? "The model named lines that do not exist." : first === last ? `About line ${first}` : `About lines ${first} to ${last}`;
  const code = codeBox(chosen.lines, `The student’s code. ${place}`, first, last);
  body.replaceChildren(
    h("div", {}, h("section", {}, h("h3", {}, "The student’s code ", h("span", { class: "soft" }, `· ${place}`)),
      students(found, chosen, version => { shownVersion = version; fill(key, body, reasons); }),
      code, chosen.cut && h("p", { class: "cut" }, chosen.cut))),
    h("div", {},
      h("section", {}, h("h3", {}, "Tests"), checks(chosen)),
      h("section", {}, h("details", { open: matchMedia("(min-width: 44rem)").matches }, h("summary", {}, "The reference"), codeBox(found.reference, "The reference", 0, -1, true))),
      h("section", {}, h("details", {}, h("summary", {}, "The task"), codeBox(found.task, "The task", 0, -1, true)))));
  const marked = code.querySelector(".marked");
  if (marked && code.scrollHeight > code.clientHeight) code.scrollTop = Math.max(0, marked.offsetTop - code.clientHeight / 3);
}

function students(found, chosen, choose) {
  const names = found.called.length > 12 ? `${found.called.slice(0, 12).join(", ")} and ${found.called.length - 12} more` : found.called.join(", ");
  if (found.versions.length === 1) return h("p", { class: "students" }, names);
  return [
    h("p", { class: "students" }, `${names}. They wrote the same code with other comments, formatting or results:`),
    h("div", { class: "versions", role: "group", "aria-label": "Versions of the answer" }, found.versions.map((each, i) =>
      h("button", { type: "button", "aria-pressed": String(each === chosen), onclick: () => choose(i) },
        each.students.length > 2 ? `${each.students.slice(0, 2).join(", ")} …` : each.students.join(", "))),
      found.more_versions > 0 && h("span", { class: "soft" }, `and ${count(found.more_versions, "more")}`.replace("mores", "more"))),
  ];
}

function checks(chosen) {
  if (!chosen.checks.length) return h("p", { class: "soft" }, "The tests did not come to their end.");
  const named = passed => chosen.checks.filter(check => check.passed === passed).map(check => check.name);
  const row = (name, sign, spoken, names) => h("li", { class: name },
    h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", {}, h("span", { class: "sr" }, `${spoken}: `), names));
  return h("ul", { class: "checks" }, named(false).map(name => row("failed", "✗", "failed", name)),
    named(null).map(name => row("open", "?", "could not be made", name)),
    named(true).length > 0 && row("passed", "✓", "passed", named(true).join(" · ")));
}

function codeBox(lines, label, first, last, aside) {
  return h("div", { class: aside ? "code aside" : "code", role: "group", "aria-label": label, tabindex: "0" }, lines.map((pieces, i) =>
    h("pre", { class: i + 1 >= first && i + 1 <= last ? "line marked" : "line", "data-n": String(i + 1) },
      h("code", {}, pieces.map(([name, text]) => /^[a-z0-9]{1,6}$/.test(name) ? h("span", { class: name }, text) : text), "\n"))));
}

// ---- what was decided

async function drawDecided() {
  const found = await ask("decisions");
  if (view !== "decided") return;
  if (found.status !== 200) return trouble(found);
  trouble(null);
  head(found);
  $("view").replaceChildren(h("h2", { id: "what", tabindex: "-1", class: "title" }, "Decided"),
    h("p", { class: "soft" }, "What people decided, the last decision first. Taken back, a draft waits again."),
    ...(found.decided.length ? found.decided.map(decidedItem) : [h("p", { class: "empty big" }, "Nobody has decided anything yet.")]), older(found));
}

function older(found) {
  if (!found.more) return "";
  const button = h("button", { type: "button", onclick: async () => {
    const more = await ask(`decisions?before=${found.decided.at(-1).decision.number}`);
    if (more.status === 200) button.replaceWith(...more.decided.map(decidedItem), older(more));
    else trouble(more);
  } }, `Show older ones (${found.more})`);
  return button;
}

function decidedItem(entry) {
  const decision = entry.decision, note = h("div", {});
  const body = h("div", { class: "evidence" }), reasons = h("ul", { class: "why" });
  const look = h("details", {}, h("summary", {}, "The code and the tests"), reasons, body);
  look.addEventListener("toggle", () => { if (look.open && !body.childElementCount) { shownVersion = 0; fill(entry.key, body, reasons); } });
  return h("article", { class: "card small", "data-key": entry.key },
    h("div", { class: "head" }, h("h3", {}, KINDS[entry.kind] || entry.kind, " ", h("span", { class: "soft" }, "in ", h("code", {}, entry.cell))),
      h("span", { class: entry.right ? "tag right" : "tag wrong" }, entry.right ? "✓ answer right" : "✗ answer not right"),
      h("span", { class: "tag" }, `for ${count(entry.students, "student")}`)),
    h("p", {}, h("strong", {}, `${who(decision)}.`)),
    h("blockquote", { class: "said", dir: "auto" }, prose(decision.text)),
    decision.verdict === "edited" && h("blockquote", { class: "said before", dir: "auto" }, "The model’s text: ", prose(entry.text)),
    entry.history.length > 1 && h("details", {}, h("summary", {}, `History: ${count(entry.history.length, "decision")}`),
      h("ol", { class: "history" }, entry.history.map(each => h("li", {}, `${who(each)}`, each.verdict === "edited" ? [": “", each.text, "”"] : ".")))),
    h("button", { type: "button", onclick: event => takeBack(event.target, note, entry) }, "Take back"), note, look);
}

async function takeBack(button, note, entry) {
  button.disabled = true;
  const found = await ask("decisions", { drafts: [{ key: entry.key, seen: entry.seen }], verdict: "open" });
  button.disabled = found.status === 200;
  const done = found.status === 200;
  if (done) head(found);
  version = done ? -1 : version; // the queue is read anew when it is looked at
  const words = done ? "Taken back." : found.status === 409 ? `${who(found.decision)} meanwhile. Your decision was not saved.` : `Not saved. ${found.message}`;
  note.replaceChildren(h("p", { class: done ? "notice calm" : "notice" }, words), done ? "" : h("button", { type: "button", onclick: drawDecided }, "Show the list anew"));
  say(words);
}

// ---- keys and beginning

const KEYS = {
  a: () => act("approved"), r: () => act("rejected"), e: edit, u: undo, n: anew,
  j: () => step(1), k: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
};

document.addEventListener("keydown", event => {
  if (event.target.id === "text") {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
    if (event.key === "Escape") { event.preventDefault(); leave(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $("help").open) return;
  if (event.key === "Escape" && editing) return leave();
  if (!$("keys-on").checked) return;
  if (event.key === "?") { event.preventDefault(); return $("help").showModal(); }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (view === "decided" || editing || !loaded || !KEYS[key] || (event.repeat && !key.startsWith("Arrow") && !"jk".includes(key))) return;
  // In a code box the arrows scroll.
  if (key.startsWith("Arrow") && event.target.closest(".code")) return;
  event.preventDefault();
  KEYS[key]();
});

async function open() {
  const wanted = location.hash.slice(1);
  view = ["decided", "folded"].includes(wanted) ? wanted : "waiting";
  editing = false;
  if (view === "decided") {
    show();
    await drawDecided();
    $("what")?.focus({ preventScroll: true });
  } else {
    if (!loaded || version === -1) await loadQueue();
    if (!here()) current = lists[view][0]?.id || "";
    show();
  }
}

$("help-button").addEventListener("click", () => $("help").showModal());
$("keys-on").checked = localStorage.getItem("desk-keys") !== "off";
$("keys-on").addEventListener("change", event => localStorage.setItem("desk-keys", event.target.checked ? "on" : "off"));
addEventListener("hashchange", open);
addEventListener("beforeunload", event => {
  if ([...lists.waiting, ...lists.folded].some(group => ["saving", "failed"].includes(group.state))) event.preventDefault();
});
document.addEventListener("visibilitychange", news);
(async function poll() {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, POLL));
    await news().catch(() => {});
  }
})();
open();
