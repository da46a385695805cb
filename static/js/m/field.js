/* A field worker's round: the day reads without signal, results and notes wait in order, and when two wrote about the
   same visit both are shown and neither is lost. */
(function (self) {
  "use strict";
  var store = self.HopeStore, page = self.HopePage;
  var id = page.id, each = page.each, say = page.say, make = page.make, filled = page.filled, fill = page.fill;
  var words = id("field-words").dataset;
  var form = id("result");
  var CARD_KEPT = 30 * 60 * 1000;
  var shown = 0, restored = 0, house = "", asking = false, pressed = 0;

  function kept(name) { return store.get("kept", name).then(function (row) { return row || { items: [] }; }); }
  function put(name, items) { return store.put("kept", { name: name, at: Date.now(), items: items }); }
  function seoul(at) { return new Date(at + 9 * 3600 * 1000).toISOString().slice(0, 10); }
  function today() { return seoul(Date.now()); }
  function dayOf(visit) { return visit.at.slice(0, 10); }

  /* Yesterday's round is nobody's business today: visits, cards and drafts go. */
  function forget() {
    return Promise.all([store.all("kept"), self.HopeSend.own("waiting")]).then(function (found) {
      var held = found[1].map(function (row) { return row.about; });
      return Promise.all(found[0].map(function (row) {
        var old = seoul(row.at) < today();
        if (row.name === "day" && old) {
          row.items = row.items.filter(function (visit) { return dayOf(visit) >= today() || held.indexOf("visit:" + visit.id) >= 0; });
          return store.put("kept", row);
        }
        if (old && (row.name === "cards" || row.name === "grids" || row.name.indexOf("draft:") === 0)) return store.drop("kept", row.name);
        return null;
      }));
    });
  }

  /* A card is read anew now and then: each look is written down, so not at every sync. Who lost the right to see it loses it here; without signal the older one stays. */
  function fresh(number, older) {
    return page.signed("GET", "/field/households/" + number).then(function (card) {
      card.read = Date.now();
      return card;
    }).catch(function (why) { return why instanceof self.HopeSend.Refused ? null : older || null; });
  }

  /* Days of the mobile unit are code of their own (outing.js), fetched once somebody who works here is signed in. */
  var code = null;
  function load() {
    if (!code) {
      code = new Promise(function (done) {
        var node = make("script");
        node.onload = done;
        node.onerror = function () { code = null; done(); };
        node.src = id("outing").dataset.code;
        document.head.append(node);
      });
    }
    return code;
  }
  function alongside() { return load().then(function () { return page.takeAlong ? page.takeAlong() : []; }); }

  /* What was asked for before a press may come after its answer, and must not take its place: who is inside stays so. */
  function fetchAll() {
    var before = pressed;
    return store.get("keys", "staff").then(function (staff) {
      if (!staff) return null;
      var next = seoul(Date.now() + 24 * 3600 * 1000);
      return Promise.all([page.signed("GET", "/field/day?on=" + today()), page.signed("GET", "/field/day?on=" + next), kept("cards"), alongside()]).then(function (found) {
        var visits = found[0].items.concat(found[1].items);
        var numbers = found[0].items.map(function (visit) { return visit.case; }).concat(found[3]).filter(function (number, place, all) { return number && all.indexOf(number) === place; });
        var known = {}, now = Date.now();
        found[2].items.forEach(function (card) { known[card.case] = card; });
        var stale = numbers.filter(function (number) { return !known[number] || now - (known[number].read || 0) > CARD_KEPT; });
        return (before === pressed ? put("day", visits) : Promise.resolve()).then(function () {
          return Promise.all(stale.map(function (number) { return fresh(number, known[number]); }));
        }).then(function (cards) {
          var still = numbers.filter(function (number) { return stale.indexOf(number) < 0; }).map(function (number) { return known[number]; });
          return put("cards", still.concat(cards.filter(Boolean)));
        });
      });
    });
  }

  function title(visit) { return visit.person || [words[visit.kind], visit.town].filter(Boolean).join(" · "); }
  function mine(pending, visit) { return pending.filter(function (row) { return row.about === "visit:" + visit.id; }); }

  /* The day. */
  function line(visit, pending, drafts) {
    var node = id("a-visit").content.firstElementChild.cloneNode(true);
    var rows = mine(pending, visit);
    var refused = rows.some(function (row) { return row.refused; });
    var tag = refused ? words.conflict : rows.length ? words.waits : visit.recorded ? words.done : drafts.indexOf("draft:" + visit.id) >= 0 ? words.draft : visit.danger ? words.danger : "";
    fill(node, { date: page.hour(visit.at), weekday: "", service: title(visit), when: visit.person ? words[visit.kind] : visit.place, where: visit.person ? visit.town : "", who: "", tag: tag });
    node.firstElementChild.href = "#call:" + visit.id;
    node.querySelector(".hc-tag").className = "hc-tag " + (refused || (visit.danger && tag === words.danger) ? "red" : rows.length || tag === words.draft ? "amb" : "acc");
    return node;
  }

  function draw(pending) {
    return Promise.all([store.get("keys", "staff"), kept("day"), kept("cards"), store.all("kept")]).then(function (found) {
      var visits = found[1].items, drafts = found[3].map(function (row) { return row.name; });
      var now = visits.filter(function (visit) { return dayOf(visit) <= today(); });
      var later = visits.filter(function (visit) { return dayOf(visit) > today(); });
      id("to-field").hidden = !found[0];
      say(id("field-count"), now.length ? filled(words.round, { n: now.length }) : words.roundNone);
      page.list(id("field-today"), now, function (visit) { return line(visit, pending, drafts); });
      page.list(id("field-tomorrow"), later, function (visit) { return line(visit, pending, drafts); });
      id("field-none").hidden = now.length > 0;
      id("field-next").hidden = !later.length;
      say(id("field-as-of"), found[1].at ? filled(page.cut() ? id("visit-words").dataset.asOfCut : id("visit-words").dataset.asOf, { day: page.day(found[1].at), hour: page.hour(found[1].at) }) : "");
      if (!id("call").hidden) call(visits, found[2].items, pending);
      if (!id("house").hidden) card(found[2].items, pending);
    });
  }

  /* One visit. */
  function resultWords(code) {
    var field = form.querySelector("[name=result][value='" + code + "']");
    return field ? field.dataset.words : "";
  }

  function call(visits, cards, pending) {
    var visit = visits.filter(function (one) { return one.id === shown; })[0];
    if (!visit) { if (shown) location.hash = "field"; return; }
    var rows = mine(pending, visit), refused = rows.filter(function (row) { return row.refused; })[0];
    var clash = refused && refused.status === 412 ? refused : null;
    var other = visit.two.filter(function (one) { return !one.me; })[0];
    if (clash && !asking && (!visit.recorded || clash.headers["If-Match"] === visit.etag)) renew(visit);
    var told = visit.recorded || { label: "", note: "", by: "", at: null };
    var shownCard = cards.filter(function (one) { return one.case === visit.case; })[0];
    fill(id("call"), {
      title: title(visit),
      when: page.date(visit.at) + " (" + page.weekday(visit.at) + ") " + page.hour(visit.at) + (visit.person ? " · " + words[visit.kind] : ""),
      place: [visit.town, visit.place || (shownCard && shownCard.directions)].filter(Boolean).join(" · "),
      away: words[visit.away] || visit.away,
      seen: visit.seen.join(", "),
      words: visit.words,
      other: other ? other.name : "",
      result: told.label,
      by: told.at ? filled(words.by, { name: told.by, hour: page.hour(told.at) }) : "",
      note: told.note,
      theirWho: told.at ? filled(words.their, { name: told.by, hour: page.hour(told.at) }) : "",
      theirResult: told.label,
      theirNote: told.note,
      myResult: clash ? resultWords(clash.mine.result) : "",
      myNote: clash ? clash.mine.note : ""
    });
    each("[data-if]", function (node) { var value = visit[node.dataset.if]; node.hidden = !value || !value.length; }, id("call"));
    id("call-neutral").hidden = !visit.neutral;
    warn(id("call-warnings"), visit);
    id("call-waits").hidden = !rows.length || Boolean(refused);
    id("call-refused").hidden = !refused || Boolean(clash);
    if (refused) id("call-refused").querySelector("strong").textContent = refused.status === 401 ? page.words.signInFirst : refused.refused;
    id("call-conflict").hidden = !clash || !visit.recorded;
    id("call-recorded").hidden = !visit.recorded || Boolean(clash);
    form.hidden = Boolean(visit.recorded) || rows.length > 0 || restored !== shown;
    stay(visit, pending.filter(function (row) { return row.about === "inside:" + visit.id; }));
    id("call-other").hidden = !other || !other.phone;
    if (other) { id("call-other").firstElementChild.href = "tel:" + other.phone.replace(/[^+\d]/g, ""); id("call-other").querySelector("span").textContent = other.name + " " + other.phone; }
    id("call-card").hidden = !shownCard;
    id("call-card").firstElementChild.href = "#house:" + visit.case;
  }

  /* What one is told before going there; what was kept by an older page has none. */
  function warn(box, told) {
    var rows = told.warnings || [], lead = told.ring_lead, ring = box.querySelector("p"), link = ring.querySelector("a");
    box.hidden = !rows.length && !lead;
    page.list(box.querySelector("ul"), rows, function (one) {
      var row = make("li", "m-row");
      row.append(make("strong", "", one.label), make("span", "num", filled(words.warned, { day: page.date(one.since), name: one.by })), make("span", "", one.words));
      return row;
    });
    ring.hidden = !lead;
    if (lead) { link.href = "tel:" + lead.phone.replace(/[^+\d]/g, ""); link.textContent = lead.name + " " + lead.phone; }
  }

  /* In and out: what was pressed without signal is shown as such, because nobody watches before it has arrived. */
  function stay(visit, rows) {
    var waits = rows.filter(function (row) { return !row.refused; }), refused = rows.filter(function (row) { return row.refused; })[0];
    var last = waits[waits.length - 1], inside = last ? last.inside : visit.inside;
    id("call-stay").hidden = dayOf(visit) !== today();
    id("go-in").hidden = Boolean(inside);
    id("come-out").hidden = !inside;
    id("stay-unseen").hidden = !(inside && waits.length);
    id("stay-waits").hidden = Boolean(inside) || !waits.length;
    say(id("stay-said"), inside ? filled(words.inside, { since: page.hour(inside.since), until: page.hour(inside.until) }) : "");
    say(id("stay-wrong"), refused ? refused.status === 401 ? page.words.signInFirst : refused.refused : "");
  }

  function tellStay(visit, what, words_, body, inside) {
    return self.HopeSend.own("waiting").then(function (rows) {
      return Promise.all(rows.filter(function (row) { return row.refused && row.about === "inside:" + visit.id; }).map(function (row) { return store.drop("waiting", row.n); }));
    }).then(function () {
      return page.send([{ at: Date.now(), title: [words_, title(visit)].join(" · "), signed: true, method: "POST", path: "/field/visits/" + visit.id + what, headers: {}, body: body, about: "inside:" + visit.id, keeps: "day", inside: inside }]);
    });
  }

  id("go-in").addEventListener("submit", function (event) {
    event.preventDefault();
    var minutes = Number(event.target.elements.minutes.value), at = Date.now();
    page.once(event.target, function () {
      return now(function (visit) {
        var since = new Date(at).toISOString(), until = new Date(at + minutes * 60000).toISOString();
        return tellStay(visit, "/in", words.inOf, { minutes: minutes, at: since }, { since: since, until: until });
      }).then(function () { page.focus("come-out"); });
    });
  });
  id("come-out").addEventListener("click", function () {
    page.once(id("come-out"), function () {
      return now(function (visit) { return tellStay(visit, "/out", words.outOf, { at: new Date().toISOString() }, null); }).then(function () { page.focus("stay-minutes"); });
    });
  });

  function renew(visit) {
    asking = true;
    page.signed("GET", "/field/visits/" + visit.id).then(keepVisit).then(page.redraw).catch(function () {}).then(function () { asking = false; });
  }

  function keepVisit(fresh) {
    return kept("day").then(function (row) { return put("day", row.items.map(function (one) { return one.id === fresh.id ? fresh : one; })); });
  }

  function now(act) {
    pressed += 1;
    return Promise.all([kept("day"), self.HopeSend.own("waiting")]).then(function (found) {
      var visit = found[0].items.filter(function (one) { return one.id === shown; })[0];
      return visit ? act(visit, mine(found[1], visit).filter(function (row) { return row.refused; })[0]) : null;
    }).then(page.redraw);
  }

  /* A draft is kept with every word, so that a call or an empty battery loses nothing. */
  function values() {
    var fields = form.elements, chosen = form.querySelector("[name=result]:checked");
    return { result: chosen ? chosen.value : "", note: fields.note.value, again: fields.again.value, ask: fields.ask.value, told: fields.told.value, toldAt: fields.toldAt.value };
  }

  function parts() {
    var chosen = values().result;
    each("[data-part]", function (node) { node.hidden = node.dataset.part !== chosen; }, form);
  }

  /* Hidden until the draft stands in it: a quick hand's words would be written over. */
  function restore(which) {
    restored = 0;
    form.hidden = true;
    form.reset();
    say(id("draft-said"), "");
    say(id("result-error"), "");
    return store.get("kept", "draft:" + which).then(function (row) {
      if (which !== shown) return;
      if (row) {
        each("[name=result]", function (field) { field.checked = field.value === row.form.result; }, form);
        ["note", "again", "ask", "told", "toldAt"].forEach(function (name) { form.elements[name].value = row.form[name] || ""; });
        say(id("draft-said"), words.kept);
      }
      parts();
      restored = which;
    });
  }

  form.addEventListener("input", function () {
    parts();
    store.put("kept", { name: "draft:" + shown, at: Date.now(), form: values() }).then(function () { say(id("draft-said"), words.kept); }, function () {});
  });

  function lacks(told) {
    if (!told.result) return words.choose;
    if (told.result === "nobody_home" && !told.again) return words.again;
    return told.result === "danger" && !(told.told.trim() && told.toldAt) ? words.told : "";
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var told = values(), missing = lacks(told);
    say(id("result-error"), missing);
    if (missing) return;
    var body = { result: told.result, note: told.note.trim() };
    if (told.result === "nobody_home") body.again_at = told.again + ":00+09:00";
    if (told.result === "declined" && told.ask) body.ask_again_on = told.ask;
    if (told.result === "danger") { body.told_whom = told.told.trim(); body.told_at = today() + "T" + told.toldAt + ":00+09:00"; }
    page.once(form, function () {
      form.hidden = true;
      return now(function (visit) {
        return send(visit, "PUT", "/result", body, words.resultOf, { result: body.result, note: body.note }).then(function () { return store.drop("kept", "draft:" + visit.id); });
      }).then(function () { id("call-h").focus({ preventScroll: true }); window.scrollTo(0, 0); }, page.redraw);
    });
  });

  function send(visit, method, path, body, what, told) {
    return page.send([{ at: Date.now(), title: [what, title(visit)].join(" · "), signed: true, method: method, path: "/field/visits/" + visit.id + path, headers: { "If-Match": visit.etag }, body: body, about: "visit:" + visit.id, keeps: "day", mine: told }]);
  }

  id("call-conflict").querySelector("[data-add]").addEventListener("click", function () {
    now(function (visit, refused) {
      if (!refused) return null;
      var same = refused.mine.result === visit.recorded.result;
      var text = [same ? "" : resultWords(refused.mine.result), refused.mine.note].filter(Boolean).join(". ");
      return store.drop("waiting", refused.n).then(function () { return text ? send(visit, "POST", "/words", { words: text.slice(0, 1000) }, words.noteOf, refused.mine) : null; });
    });
  });
  id("call-conflict").querySelector("[data-leave]").addEventListener("click", function () {
    now(function (visit, refused) { return refused && store.drop("waiting", refused.n); });
  });
  id("call-refused").querySelector("[data-mend]").addEventListener("click", function () {
    now(function (visit, refused) {
      if (!refused) return null;
      return store.put("kept", { name: "draft:" + visit.id, at: Date.now(), form: { result: refused.mine.result, note: refused.mine.note } }).then(function () { return store.drop("waiting", refused.n); }).then(function () { return restore(visit.id); });
    });
  });

  /* A household. */
  function safe(contact) {
    var found = [];
    if (!contact.sms_ok) found.push(words.safeNosms);
    if (!contact.phone_ok) found.push(words.safeNophone);
    else if (contact.from_hour !== 9 || contact.to_hour !== 18) found.push(filled(words.safeHours, { from: contact.from_hour, to: contact.to_hour }));
    if (!contact.letter_ok) found.push(words.safeNoletter);
    if (contact.neutral) found.push(words.safeNeutral);
    return found.join(" · ") || words.safeFine;
  }

  function card(cards, pending) {
    var one = cards.filter(function (row) { return row.case === house; })[0];
    if (!one) { if (house) location.hash = "field"; return; }
    var ring = one.safe.number || one.phone;
    fill(id("house"), { title: one.person || one.town, number: one.case + " · " + one.town, safe: safe(one.safe), safeNote: one.safe.note, directions: one.directions, address: one.address });
    warn(id("house-warnings"), one);
    page.note(one, pending);
    id("house-phone").hidden = !ring;
    id("house-phone").firstElementChild.href = "tel:" + ring.replace(/[^+\d]/g, "");
    id("house-phone").querySelector("span").textContent = ring;
    page.list(id("house-members"), one.members, function (person) {
      var row = make("li", "m-row");
      row.append(make("strong", "", person.name), make("span", "soft", [words[person.relation], person.age === null ? "" : filled(words.age, { n: person.age }), person.lives_here ? "" : words.elsewhere].filter(Boolean).join(" · ")));
      return row;
    });
    id("house-plan").hidden = !one.actions.length;
    page.list(id("house-actions"), one.actions, function (action) {
      var row = make("li", "m-row");
      row.append(make("strong", "", action.title), make("span", "soft num", page.date(action.due_on)));
      return row;
    });
  }

  page.screens.field = function () { page.redraw(); };
  page.screens.call = function (which) { shown = Number(which) || 0; restore(shown).then(page.redraw); };
  page.screens.house = function (which) { house = which || ""; page.noteOf(house); page.redraw(); };
  page.redraws.push(draw);
  page.syncs.push(function () { return forget().then(fetchAll).then(function () { return page.afterRound(); }); });
  page.warn = warn;
  forget().catch(function () {});
  store.get("keys", "staff").then(function (staff) { return staff && load(); }).catch(function () {});
})(self);
