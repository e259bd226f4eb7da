"use strict";
// Everything shown comes from students and models: it is written as text alone, never as HTML.

const KINDS = {
  dead_code: "Dead code", hard_coded_size: "Hard-coded size", loop: "Loop", redundant_step: "Redundant step",
  unclear_name: "Unclear name", missing_shape_comment: "Missing shape comment", non_idiomatic_call: "Non-idiomatic call",
  praise: "Praise", other: "Other",
};
const PAST = { approved: "approved", edited: "edited and approved", rejected: "rejected", open: "put back" };
const POLL = 4000, SLOW = 3000, PATIENCE = 20000, READING = 180000; // reading a large class for the first time takes a while
const LISTED = 60;
const TOKEN = document.querySelector("meta[name=xsrf-token]").content;
const LONGEST = Number(document.body.dataset.longest);

const cards = new Map(); // by key: the server's entry, with `state`: waits, saving, decided, failed, conflict or gone
const full = new Map(); // by key: promises of what is needed to decide
const drafts = new Map(JSON.parse(sessionStorage.getItem("desk-drafts") || "[]")); // by key: edited texts that are not saved yet
const undoable = []; // lists of keys, the last decision last
let groups = [], current = "", editing = false, forAll = false, shownVersion = 0;
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
const dots = doubt => doubt > 0 && h("span", { class: "doubt", title: `doubt: ${doubt} of 3`, role: "img", "aria-label": `doubt: ${doubt} of 3` }, "●".repeat(doubt));

function when(at) {
  const time = new Date(at), clock = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return time.toDateString() === new Date().toDateString() ? clock : `${time.toLocaleDateString()}, ${clock}`;
}
function who(decision) {
  return `${decision.by === you ? "You" : decision.by} ${PAST[decision.verdict]} this at ${when(decision.at)}`;
}

/** Keep an edited text until it is saved, over a reload too; undefined: there is none any more. */
function keep(key, text) {
  if (text === undefined) drafts.delete(key);
  else drafts.set(key, text);
  sessionStorage.setItem("desk-drafts", JSON.stringify([...drafts]));
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
  const { today, today_by_you: yours } = found.counts;
  $("today").textContent = `Decided today: ${today}${today ? `, ${yours} by you` : ""}`;
}

async function loadQueue() {
  const found = await ask("queue");
  if (found.status !== 200) return trouble(found);
  head(found);
  for (const card of found.groups.flat()) {
    const known = cards.get(card.key);
    const stays = known && (["saving", "failed", "conflict"].includes(known.state) || known.seen > card.seen);
    cards.set(card.key, stays ? known : { ...card, state: "waits" });
  }
  const fresh = found.groups.map(group => group.map(card => card.key)), there = new Set(fresh.flat());
  // Whatever is not finished stays in reach, even where the queue has no place for it any more.
  const unfinished = groups.flat().filter(key => !there.has(key) && (cards.get(key).state !== "decided" || drafts.has(key)));
  for (const key of unfinished) if (cards.get(key).state === "waits") cards.get(key).state = "gone";
  groups = [...fresh, ...unfinished.map(key => [key])];
  if (version !== found.version) full.clear();
  version = found.version;
  number = loaded ? number : found.number;
  loaded = true;
  if (!order().includes(current)) { editing = false; current = order()[0] || ""; shownVersion = 0; }
}

let asking = Promise.resolve();
// One after the other, so that an undo comes after what it undoes.
function inTurn(what) { return (asking = asking.then(what, what)); }

function decide(keys, verdict, text) {
  for (const key of keys) Object.assign(cards.get(key), { state: "saving", wanted: { verdict, text }, trouble: "" });
  return inTurn(() => send(keys, verdict, text));
}

async function send(keys, verdict, text) {
  const comments = keys.map(key => ({ key, seen: cards.get(key).seen }));
  const found = await ask("decisions", { comments, verdict, ...(text === undefined ? {} : { text }) });
  if (found.status === 200) {
    lost = "";
    head(found);
    for (const decision of found.decisions) settle(cards.get(decision.key), decision);
    if (verdict !== "open") undoable.push(keys);
    say(`${PAST[verdict]}: ${count(keys.length, "comment")}.`);
  } else {
    // What the server understood and refused is not tried again as it is.
    const refused = found.status === 400;
    for (const key of keys) {
      const back = refused || found.status === 409 && found.decision.key !== key;
      Object.assign(cards.get(key), { state: back ? "waits" : "failed", trouble: found.status === 409 ? "" : found.message });
      if (back) cards.get(key).wanted = null;
    }
    if (found.status === 409) meet(cards.get(found.decision.key), found.decision);
    if (found.status === 404) await loadQueue();
    if (refused && view === "waiting") { current = keys[0]; editing = drafts.has(current); }
    if (found.status === 409) say(`${who(found.decision)} meanwhile. Your decision was not saved.`);
    trouble(found.status === 409 || refused ? null : found);
  }
  show();
}

function settle(card, decision) {
  if (!card) return;
  const open = decision.verdict === "open";
  Object.assign(card, { seen: decision.number, decision, state: open ? "waits" : "decided", wanted: null, trouble: "" });
  if (!open) keep(card.key);
  full.delete(card.key);
}

/** Somebody's decision has come in that this page did not know. */
function meet(card, decision) {
  if (!card || decision.number <= card.seen) return;
  const wanted = card.wanted;
  const same = wanted && decision.by === you && decision.verdict === wanted.verdict;
  if (same && (wanted.text === undefined || wanted.text.trim() === decision.raw)) return settle(card, decision);
  if (wanted || drafts.has(card.key)) Object.assign(card, { state: "conflict", decision, seen: decision.number });
  else settle(card, decision);
}

async function news() {
  if (document.hidden || !loaded) return;
  const found = await ask(`news?since=${number}`);
  if (found.status !== 200) return trouble(found);
  if (lost) { lost = ""; trouble(null); }
  head(found);
  let changed = false;
  for (const decision of found.decisions) {
    const card = cards.get(decision.key);
    if (!card || card.state === "saving" || decision.number <= card.seen) continue;
    meet(card, decision);
    changed = true;
    if (decision.key === current && decision.by !== you) say(`${who(decision)}.`);
  }
  number = found.number;
  if (found.version !== version && ![...cards.values()].some(card => card.state === "saving")) {
    await loadQueue();
    changed = true;
  } else if (found.decisions.some(decision => decision.verdict === "open" && !order().includes(decision.key))) {
    await loadQueue();
    changed = true;
  }
  if (changed && view === "waiting") show(true);
}

function trouble(found) {
  lost = found ? found.message : "";
  drawAlerts();
}

function drawAlerts() {
  const failed = [...cards.values()].filter(card => card.state === "failed" && card.wanted);
  const parts = [];
  if (failed.length) {
    parts.push(h("div", { class: "notice" },
      h("p", {}, h("strong", {}, `Not saved: ${count(failed.length, "decision")}. `), failed[0].trouble, " Nothing is lost; your text is kept here."),
      h("div", { class: "row" }, h("button", { type: "button", onclick: retry }, "Try again"),
        h("button", { type: "button", onclick: () => go(failed[0].key) }, "Look at it"))));
  } else if (lost) {
    parts.push(h("div", { class: "notice" }, h("p", {}, lost, " ", loaded ? "The page goes on trying." : ""),
      !loaded && h("div", { class: "row" }, h("button", { type: "button", onclick: start }, "Try again"))));
  }
  $("alerts").replaceChildren(...parts);
}

function retry() {
  for (const card of cards.values()) {
    if (card.state === "failed" && card.wanted) decide([card.key], card.wanted.verdict, card.wanted.text);
  }
  show(true);
}

function detail(key) {
  if (!full.has(key)) {
    full.set(key, ask(`comments/${key}`).then(found => {
      if (found.status !== 200) full.delete(key);
      return found;
    }));
  }
  return full.get(key);
}

// ---- moving about

const order = () => groups.flat();
const group = key => groups.find(keys => keys.includes(key)) || [key];
const waits = key => ["waits", "failed"].includes(cards.get(key).state);
const alike = key => group(key).filter(other => other !== key && cards.get(other).state === "waits");

function go(key) {
  if (view !== "waiting") { location.hash = "waiting"; view = "waiting"; }
  if (group(key) !== group(current)) forAll = false;
  current = key;
  shownVersion = 0;
  editing = false;
  show();
}

function step(by) {
  const keys = order(), place = keys.indexOf(current) + by;
  if (keys[place]) go(keys[place]);
  else say(by > 0 ? "This is the last one." : "This is the first one.");
}

function onwards() {
  const keys = order(), place = keys.indexOf(current);
  const next = [...keys.slice(place + 1), ...keys.slice(0, place)].find(key => cards.get(key).state === "waits");
  if (next) go(next);
  else { editing = false; show(); }
}

// ---- deciding

function act(verdict, all) {
  const card = cards.get(current);
  if (!card) return;
  if (!waits(current)) return say(card.state === "saving" ? "This is being saved." : "This is decided. Press N to decide anew.");
  const keys = all ? [current, ...alike(current)] : [current];
  decide(keys, verdict);
  onwards();
}

function edit() {
  if (!cards.has(current) || !waits(current)) return act("edited");
  editing = true;
  show();
  const box = $("text");
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

function save() {
  const card = cards.get(current), text = $("text").value;
  keep(current, text);
  if (!text.trim() || text.trim().length > LONGEST) {
    say(text.trim() ? `The comment is longer than ${LONGEST} characters.` : "The comment has no text.");
    $("text").focus();
    return;
  }
  const same = forAll ? alike(current).filter(key => cards.get(key).raw === card.raw) : [];
  for (const key of same) keep(key, text);
  decide([current, ...same], "edited", text);
  onwards();
}

function leave() {
  editing = false;
  if (drafts.get(current) === cards.get(current).raw) keep(current);
  show();
}

function anew() {
  const card = cards.get(current);
  if (card && ["decided", "conflict"].includes(card.state)) {
    Object.assign(card, { state: "waits", wanted: null });
    show();
  }
}

function undo() {
  const keys = undoable.pop();
  if (!keys) return say("Nothing of yours is left to undo here. The view “Decided” has all that was decided.");
  decide(keys, "open");
  go(keys[0]);
}

// ---- drawing

function show(quietly) {
  drawAlerts();
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view === "waiting" && loaded) drawQueue(quietly);
}

function drawQueue(quietly) {
  const card = cards.get(current), box = $("text");
  // A text that is being written is not taken from under the writer's hands.
  if (quietly && editing && box && card && waits(current)) return drawList();
  if (!card) {
    $("view").replaceChildren(h("div", { class: "empty" }, h("p", { class: "big" }, "Nothing waits."),
      h("p", { class: "soft" }, "New comments appear here by themselves.")));
    return;
  }
  const key = current, body = h("div", { class: "evidence" }, h("p", { class: "soft" }, "Loading the code …"));
  const article = h("article", { class: "card waiting", "aria-labelledby": "what" }, ...cardHead(card), body);
  const list = h("nav", { class: "list", "aria-label": "Comments that wait" });
  const kept = document.querySelector(".list")?.scrollTop || 0;
  $("view").replaceChildren(h("div", { class: "desk" }, list, article));
  drawList();
  list.scrollTop = kept;
  list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  if (!quietly) {
    scrollTo({ top: 0 });
    $("what").focus({ preventScroll: true });
  }
  fill(key, body, $("reasons"));
  const keys = order(), place = keys.indexOf(key);
  for (const next of keys.slice(place + 1, place + 3)) detail(next);
}

function cardHead(card) {
  const others = alike(card.key), place = order().indexOf(card.key);
  const decidable = waits(card.key);
  const parts = [
    h("div", { class: "head" },
      h("h2", { id: "what", tabindex: "-1" }, KINDS[card.kind] || card.kind, " ", h("span", { class: "soft" }, "in ", h("code", {}, card.cell))),
      h("span", { class: card.right ? "tag right" : "tag wrong" }, card.right ? "✓ answer right" : "✗ answer not right"),
      dots(card.doubt), h("span", { class: "tag" }, `for ${count(card.students, "student")}`),
      h("span", { class: "place soft" }, `${place + 1} of ${order().length}, ${order().filter(waits).length} to decide`)),
    h("ul", { class: "why", id: "reasons" }),
    banner(card),
  ];
  if (editing) return [...parts, editor(card, others)];
  const draft = drafts.has(card.key);
  const text = card.state === "decided" && card.decision.verdict === "edited" ? card.decision.text : card.text;
  return [...parts,
    h("blockquote", { class: "said", dir: "auto" }, prose(text)),
    draft && h("p", { class: "soft" }, "You have begun an edited text; it is kept. ", h("kbd", {}, "E"), " goes on with it."),
    h("div", { class: "actions", role: "group", "aria-label": "Decide" },
      h("button", { type: "button", class: "yes", disabled: !decidable, "aria-keyshortcuts": "A", onclick: () => act("approved", forAll) }, "Approve ", h("kbd", {}, "A")),
      h("button", { type: "button", disabled: !decidable, "aria-keyshortcuts": "E", onclick: edit }, "Edit ", h("kbd", {}, "E")),
      h("button", { type: "button", class: "no", disabled: !decidable, "aria-keyshortcuts": "R", onclick: () => act("rejected", forAll) }, "Reject ", h("kbd", {}, "R")),
      others.length > 0 && sameForAll(others.length),
      h("span", { class: "gap" }),
      h("button", { type: "button", disabled: !undoable.length, "aria-keyshortcuts": "U", onclick: undo, "aria-label": "Undo" }, "↶ ", h("span", { class: "word" }, "Undo "), h("kbd", {}, "U")),
      h("button", { type: "button", "aria-label": "Previous comment", onclick: () => step(-1) }, "← ", h("kbd", {}, "K")),
      h("button", { type: "button", "aria-label": "Next comment", onclick: () => step(1) }, "→ ", h("kbd", {}, "J"))),
    others.length > 0 && h("details", { class: "alike", open: others.length <= 8 }, h("summary", {}, `${count(others.length, "comment")} alike, on other answers`),
      h("ul", {}, others.map(key => h("li", {}, h("button", { type: "button", class: "link", onclick: () => go(key) }, cards.get(key).text),
        h("span", { class: "soft" }, ` for ${count(cards.get(key).students, "student")}`),
        cards.get(key).line && h("div", {}, h("code", {}, cards.get(key).line)))))),
  ];
}

function sameForAll(others) {
  const box = h("input", { type: "checkbox", checked: forAll, onchange: event => { forAll = event.target.checked; } });
  return h("label", {}, box, ` same for all ${others + 1} alike`);
}

function banner(card) {
  const again = h("button", { type: "button", onclick: anew }, "Decide anew ", h("kbd", {}, "N"));
  if (card.state === "saving") return h("p", { class: "notice calm" }, "Being saved …");
  if (card.state === "waits" && card.trouble) return h("p", { class: "notice" }, card.trouble);
  if (card.state === "failed") return h("p", { class: "notice" }, h("strong", {}, "Not saved. "), card.trouble);
  if (card.state === "gone") return h("p", { class: "notice" }, "This comment does not wait any more: the answer was graded anew, or the model was asked again.");
  if (card.state === "decided") return h("div", { class: "notice calm" }, h("p", {}, `${who(card.decision)}.`), h("div", { class: "row" }, again));
  if (card.state !== "conflict") return null;
  const kept = drafts.has(card.key) ? " Your edited text is kept." : "";
  return h("div", { class: "notice" },
    h("p", {}, h("strong", {}, `${who(card.decision)} meanwhile`), card.decision.verdict === "edited" ? [": “", card.decision.text, "”"] : ".", ` Your decision was not saved.${kept}`),
    h("div", { class: "row" }, again, h("button", { type: "button", onclick: () => { keep(card.key); settle(card, card.decision); onwards(); } }, "Leave it so")));
}

function editor(card, others) {
  const left = h("span", { class: "count" });
  const box = h("textarea", { id: "text", dir: "auto", rows: "4" });
  const measure = () => {
    left.textContent = `${box.value.trim().length} of ${LONGEST} characters`;
    left.classList.toggle("over", box.value.trim().length > LONGEST);
  };
  box.value = drafts.get(card.key) ?? card.raw;
  box.addEventListener("input", () => { keep(card.key, box.value); measure(); });
  measure();
  const same = others.filter(key => cards.get(key).raw === card.raw).length;
  return h("div", { class: "edit" },
    h("blockquote", { class: "said before", dir: "auto" }, prose(card.text)),
    h("label", { for: "text" }, "What students get (Markdown)"), box,
    h("div", { class: "actions" },
      h("button", { type: "button", class: "yes", onclick: save }, "Save ", h("kbd", {}, "Ctrl+Enter")),
      h("button", { type: "button", onclick: leave }, "Leave ", h("kbd", {}, "Esc")),
      h("button", { type: "button", class: "link", onclick: () => { box.value = card.raw; box.dispatchEvent(new Event("input")); box.focus(); } }, "Back to the model’s text"),
      same > 0 && sameForAll(same), left));
}

function drawList() {
  const list = document.querySelector(".list");
  if (!list) return;
  const entry = (key, inner) => {
    const card = cards.get(key), done = !waits(key);
    return h("li", { class: [inner ? "inner" : "", done ? "done" : ""].join(" ") },
      h("button", { type: "button", "aria-current": key === current && "true", onclick: () => go(key) },
        h("span", { class: "what" }, card.text),
        h("span", { class: "about" }, dots(card.doubt), " ", `${KINDS[card.kind] || card.kind}, ${card.cell}`),
        done && h("span", { class: "about" }, card.state === "decided" ? `${card.decision.by === you ? "you" : card.decision.by}: ${PAST[card.decision.verdict]}` : { saving: "being saved", conflict: "decided meanwhile", gone: "gone" }[card.state]),
        card.state === "failed" && h("span", { class: "about doubt" }, "not saved")));
  };
  // Thousands of entries would make every step slow.
  const begin = Math.max(0, Math.min(groups.findIndex(keys => keys.includes(current)) - 10, groups.length - LISTED));
  const after = groups.length - begin - LISTED;
  const entries = groups.slice(begin, begin + LISTED).map(keys => {
    if (keys.length === 1 || keys.includes(current)) return keys.map((key, i) => entry(key, i > 0));
    const item = entry(keys.find(waits) || keys[0]);
    item.querySelector("button").append(h("span", { class: "about" }, `and ${count(keys.length - 1, "more")} alike`.replace("mores", "more")));
    return item;
  });
  list.replaceChildren(h("h2", {}, "Waiting"), begin > 0 && h("p", { class: "soft" }, `${begin} before`) || "",
    h("ol", {}, entries.flat()), after > 0 && h("p", { class: "soft" }, `${after} after`) || "");
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
  const state = each => each.shown ? ", shown" : "";
  return [
    h("p", { class: "students" }, `${names}. They wrote the same code with other comments, formatting or results:`),
    h("div", { class: "versions", role: "group", "aria-label": "Versions of the answer" }, found.versions.map((each, i) =>
      h("button", { type: "button", "aria-pressed": String(each === chosen), onclick: () => choose(i) },
        each.students.length > 2 ? `${each.students.slice(0, 2).join(", ")} …` : each.students.join(", "), state(each))),
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

// ---- the other two views

async function drawOther() {
  const wanted = view;
  const found = await ask(wanted === "decided" ? "decisions" : "shown");
  if (view !== wanted) return;
  if (found.status !== 200) return trouble(found);
  trouble(null);
  head(found);
  const title = wanted === "decided" ? "Decided" : "Shown by rules";
  const words = wanted === "decided" ? "What people decided, the last decision first. Taken back, a comment waits again."
    : "What students see though no person has looked at it: checkers confirmed it, and no rule is broken.";
  const items = (wanted === "decided" ? found.decided : found.shown).map(wanted === "decided" ? decidedItem : shownItem);
  const more = found.more > 0 && h("button", { type: "button", onclick: event => older(event.target, found) }, `Show older ones (${found.more})`);
  $("view").replaceChildren(h("h2", { id: "what", tabindex: "-1", class: "title" }, title), h("p", { class: "soft" }, words),
    ...(items.length ? items : [h("p", { class: "empty big" }, wanted === "decided" ? "Nobody has decided anything yet." : "Nothing is shown by rules alone.")]),
    more || "");
}

async function older(button, from) {
  const found = await ask(`decisions?before=${from.decided.at(-1).decision.number}`);
  if (found.status !== 200) return trouble(found);
  button.before(...found.decided.map(decidedItem));
  if (found.more > 0) button.replaceWith(h("button", { type: "button", onclick: event => older(event.target, found) }, `Show older ones (${found.more})`));
  else button.remove();
}

function item(entry, extra, buttons) {
  const body = h("div", { class: "evidence" }), reasons = h("ul", { class: "why" });
  const look = h("details", {}, h("summary", {}, "The code and the tests"), reasons, body);
  look.addEventListener("toggle", () => { if (look.open && !body.childElementCount) { shownVersion = 0; fill(entry.key, body, reasons); } });
  const note = h("div", {});
  return h("article", { class: "card small", "data-key": entry.key },
    h("div", { class: "head" }, h("h3", {}, KINDS[entry.kind] || entry.kind, " ", h("span", { class: "soft" }, "in ", h("code", {}, entry.cell))),
      h("span", { class: entry.right ? "tag right" : "tag wrong" }, entry.right ? "✓ answer right" : "✗ answer not right"),
      h("span", { class: "tag" }, `for ${count(entry.students, "student")}`)),
    h("div", { class: "beside" }, h("div", {}, ...extra), h("div", { class: "row" }, ...buttons(note))), note, look);
}

function decidedItem(entry) {
  const decision = entry.decision;
  return item(entry, [
    h("p", {}, h("strong", {}, `${who(decision)}.`)),
    h("blockquote", { class: "said", dir: "auto" }, prose(decision.text)),
    decision.verdict === "edited" && h("blockquote", { class: "said before", dir: "auto" }, "The model’s text: ", prose(entry.text)),
    entry.history.length > 1 && h("details", {}, h("summary", {}, `History: ${count(entry.history.length, "decision")}`),
      h("ol", { class: "history" }, entry.history.map(each => h("li", {}, `${who(each)}`, each.verdict === "edited" ? [": “", each.text, "”"] : ".")))),
  ], note => [h("button", { type: "button", onclick: event => other(event.target, note, entry, "open") }, "Take back")]);
}

function shownItem(entry) {
  return item(entry, [h("blockquote", { class: "said", dir: "auto" }, prose(entry.text))],
    note => [h("button", { type: "button", class: "no", onclick: event => other(event.target, note, entry, "rejected") }, "Reject")]);
}

async function other(button, note, entry, verdict) {
  button.disabled = true;
  const found = await ask("decisions", { comments: [{ key: entry.key, seen: entry.seen }], verdict });
  button.disabled = found.status === 200;
  if (found.status === 200) {
    head(found);
    settle(cards.get(entry.key), found.decisions[0]);
    version = -1; // the queue is read anew when it is looked at
    note.replaceChildren(h("p", { class: "notice calm" }, verdict === "open" ? "Taken back." : "Rejected: no student gets it."));
    say(note.textContent);
  } else {
    const words = found.status === 409 ? `${who(found.decision)} meanwhile. Your decision was not saved.` : `Not saved. ${found.message}`;
    note.replaceChildren(h("p", { class: "notice" }, words), h("button", { type: "button", onclick: drawOther }, "Show the list anew"));
    say(words);
  }
}

// ---- keys and beginning

const KEYS = {
  a: () => act("approved", forAll), A: () => act("approved", true), r: () => act("rejected", forAll), R: () => act("rejected", true),
  e: edit, u: undo, n: anew, j: () => step(1), k: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
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
  const key = event.shiftKey ? event.key : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (view !== "waiting" || editing || !loaded || !KEYS[key] || (event.repeat && !key.startsWith("Arrow") && !"jk".includes(key))) return;
  // In a code box the arrows scroll.
  if (key.startsWith("Arrow") && event.target.closest(".code")) return;
  event.preventDefault();
  KEYS[key]();
});

async function open() {
  view = ["decided", "shown"].includes(location.hash.slice(1)) ? location.hash.slice(1) : "waiting";
  if (view === "waiting") {
    if (!loaded || version === -1) await loadQueue();
    show();
  } else {
    show();
    await drawOther();
    $("what")?.focus({ preventScroll: true });
  }
}

async function start() {
  await open();
  drawAlerts();
}

$("help-button").addEventListener("click", () => $("help").showModal());
$("keys-on").checked = localStorage.getItem("desk-keys") !== "off";
$("keys-on").addEventListener("change", event => localStorage.setItem("desk-keys", event.target.checked ? "on" : "off"));
addEventListener("hashchange", open);
addEventListener("beforeunload", event => {
  if ([...cards.values()].some(card => ["saving", "failed"].includes(card.state))) event.preventDefault();
});
document.addEventListener("visibilitychange", news);
(async function poll() {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, POLL));
    await news().catch(() => {});
  }
})();
start();
