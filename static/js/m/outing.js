/* A day of the mobile unit or an event: stops, people to see and strangers without signal. Results and intakes wait in
   order and go out once; where two of the crew found otherwise, both are shown and one of them says which stands. */
(function (self) {
  "use strict";
  var store = self.HopeStore, page = self.HopePage;
  var id = page.id, each = page.each, say = page.say, make = page.make, filled = page.filled, fill = page.fill;
  var words = id("outing-words").dataset, seen = id("visit-words").dataset;
  var form = id("meeting"), sheet = id("coming");
  var FIELDS = ["name", "phone", "words", "birth", "sex", "town", "directions", "caller", "callerPhone"];
  var shown = 0, who = 0, where = 0, restored = "", asking = false, pressed = 0;

  function kept(name) { return store.get("kept", name).then(function (row) { return row || { items: [] }; }); }
  function put(name, items) { return store.put("kept", { name: name, at: Date.now(), items: items }); }
  function seoul(at) { return new Date(at + 9 * 3600 * 1000).toISOString().slice(0, 10); }
  function today() { return seoul(Date.now()); }
  function people(outing) { return outing.stops.reduce(function (all, stop) { return all.concat(stop.people); }, []); }
  function about(pending, what) { return pending.filter(function (row) { return row.about === what; }); }

  /* Born with the row, so that however often it is sent it counts once. In order of time, the rest random. */
  function newId() {
    var text = Date.now().toString(16).padStart(12, "0") + "7" + store.newKey().slice(0, 3) + "8" + store.newKey().slice(0, 15);
    return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /* What waits keeps its day: who wrote about somebody sees whom, even when the server tells them no longer. */
  function holds(outing, rows) {
    return people(outing).some(function (one) { return about(rows, "seen:" + one.id).length; }) ||
      outing.stops.some(function (stop) { return rows.some(function (row) { return row.stop === stop.id; }); });
  }
  function merged(fresh, older, rows) {
    var held = older.filter(function (one) { return holds(one, rows); });
    var stays = held.filter(function (one) {
      var now = fresh.filter(function (other) { return other.id === one.id; })[0];
      return !now || !holds(now, rows);
    });
    var kept_ = stays.map(function (one) { return one.id; });
    return stays.concat(fresh.filter(function (one) { return kept_.indexOf(one.id) < 0; }));
  }

  /* Yesterday's people are nobody's business today. */
  function forget() {
    return Promise.all([kept("outings"), kept("taken"), self.HopeSend.own("waiting")]).then(function (found) {
      var items = found[0].items.filter(function (one) { return one.on >= today() || holds(one, found[2]); });
      var stops = items.reduce(function (all, one) { return all.concat(one.stops.map(function (stop) { return stop.id; })); }, []);
      var taken = found[1].items.filter(function (one) { return stops.indexOf(one.stop) >= 0; });
      return Promise.all([
        items.length < found[0].items.length ? put("outings", items) : null,
        taken.length < found[1].items.length ? put("taken", taken) : null
      ]);
    });
  }

  /* Fetched with the visits of the day; answers the cases of today, whose cards are taken along, too. */
  page.takeAlong = function () {
    var before = pressed, next = seoul(Date.now() + 24 * 3600 * 1000);
    return forget().then(function () {
      return Promise.all([page.signed("GET", "/field/outings?on=" + today()), page.signed("GET", "/field/outings?on=" + next)]);
    }).then(function (found) {
      return Promise.all([kept("outings"), self.HopeSend.own("waiting")]).then(function (now) {
        return before === pressed ? put("outings", merged(found[0].items.concat(found[1].items), now[0].items, now[1])) : null;
      });
    }).catch(function () {}).then(function () { return kept("outings"); }).then(function (row) {
      return row.items.filter(function (one) { return one.on === today(); }).reduce(function (all, one) {
        return all.concat(people(one).map(function (person) { return person.case; }));
      }, []);
    });
  };

  function found(outings, act) {
    var hit = null;
    outings.forEach(function (outing) { outing.stops.forEach(function (stop) { hit = hit || act(outing, stop); }); });
    return hit;
  }
  function person(outings) {
    return found(outings, function (outing, stop) {
      var one = stop.people.filter(function (other) { return other.id === who; })[0];
      return one && { outing: outing, stop: stop, one: one };
    });
  }
  function halt(outings) {
    return found(outings, function (outing, stop) { return stop.id === where ? { outing: outing, stop: stop } : null; });
  }

  function draw(pending) {
    return Promise.all([kept("outings"), kept("taken"), kept("cards"), store.all("kept")]).then(function (got) {
      var outings = got[0].items.filter(function (one) { return one.on >= today() || holds(one, pending); }), drafts = got[3].map(function (row) { return row.name; });
      id("field-outings").hidden = !outings.length;
      page.list(id("field-outing-list"), outings, function (one) { return line(one, pending); });
      say(id("outing-as-of"), got[0].at ? filled(page.cut() ? seen.asOfCut : seen.asOf, { day: page.day(got[0].at), hour: page.hour(got[0].at) }) : "");
      if (!id("outing").hidden) day(outings, got[1].items, pending, drafts);
      if (!id("meet").hidden) meet(outings, got[2].items, pending);
      if (!id("newcomer").hidden) newcomer(outings, pending);
    });
  }

  function line(outing, pending) {
    var node = id("a-visit").content.firstElementChild.cloneNode(true), at = outing.on + "T" + outing.leaves_at + ":00+09:00";
    var rows = pending.filter(function (row) { return holds(outing, [row]); });
    var refused = rows.some(function (row) { return row.refused; });
    fill(node, { date: outing.leaves_at, weekday: page.date(at), service: outing.name, when: filled(words.count, { n: outing.stops.length, m: people(outing).length }), where: outing.start, who: "", tag: outing.cancelled ? words.off : refused ? words.needs : rows.length ? words.waits : "" });
    node.firstElementChild.href = "#outing:" + outing.id;
    node.querySelector(".hc-tag").className = "hc-tag " + (refused ? "red" : "amb");
    return node;
  }

  /* The day: where the unit is when, whom it sees there, who came by themselves. */
  function day(outings, taken, pending, drafts) {
    var outing = outings.filter(function (one) { return one.id === shown; })[0];
    if (!outing) { if (shown) location.hash = "field"; return; }
    fill(id("outing"), {
      title: outing.name,
      when: [page.date(outing.on + "T12:00:00+09:00"), outing.kind === "popup" ? words.popup : words.unit, outing.vehicle, filled(words.leaves, { town: outing.start, hour: outing.leaves_at })].filter(Boolean).join(" · "),
      crew: filled(words.crew, { names: outing.crew.map(function (one) { return one.name; }).join(", ") }),
      back: outing.back_at && !outing.cancelled ? filled(words.back, { hour: page.hour(outing.back_at) }) : ""
    });
    id("outing-off").hidden = !outing.cancelled;
    page.list(id("outing-stops"), outing.stops, function (stop) {
      var node = id("a-stop").content.firstElementChild.cloneNode(true);
      fill(node, { hour: page.hour(stop.at), place: stop.place, at: stop.place, where: filled(stop.drive ? words.drive : words.there, { town: stop.town, n: stop.drive, m: stop.minutes }) });
      page.list(node.querySelector("[data-people]"), stop.people, function (one) { return toSee(one, about(pending, "seen:" + one.id), drafts); });
      page.list(node.querySelector("[data-taken]"), came(stop, taken, pending), function (one) { return one; });
      node.querySelector("[data-new]").href = "#newcomer:" + stop.id;
      node.querySelector("[data-new]").parentNode.hidden = !outing.may_take;
      return node;
    });
  }

  function toSee(one, rows, drafts) {
    var row = make("li", "m-row"), link = make("a", "link touch", one.person);
    var refused = rows.filter(function (other) { return other.refused; })[0], hazard = one.warnings.length || one.ring_lead;
    var tag = refused ? refused.status === 412 ? words.conflict : words.needs : rows.length ? words.waits : one.recorded ? one.recorded.label : drafts.indexOf("draft:seen:" + one.id) >= 0 ? words.draft : hazard ? words.hazard : "";
    link.href = "#meet:" + one.id;
    row.append(link);
    if (tag) row.append(make("span", "hc-tag " + (refused || tag === words.hazard ? "red" : one.recorded && !rows.length ? "acc" : "amb"), tag));
    if (one.purpose) row.append(make("p", "soft", one.purpose));
    return row;
  }

  /* Who came by themselves: what was written here, with its number once it has arrived, and the numbers of the others. */
  function came(stop, taken, pending) {
    var own = taken.filter(function (one) { return one.stop === stop.id; });
    var lines = own.map(function (one) {
      var rows = about(pending, "intake:" + one.id), refused = rows.some(function (row) { return row.refused; });
      return one.number || rows.length ? told(one.name, one.number || (refused ? words.needs : words.waits), one.number ? "acc" : refused ? "red" : "amb", refused && "#newcomer:" + stop.id) : null;
    }).filter(Boolean);
    var numbers = own.map(function (one) { return one.number; });
    return lines.concat(stop.intakes.filter(function (number) { return numbers.indexOf(number) < 0; }).map(function (number) { return told(words.intakeOf, number, "dim"); }));
  }
  function told(name, tag, colour, href) {
    var row = make("li", "m-row"), what = make(href ? "a" : "strong", href ? "link touch" : "", name);
    if (href) what.href = href;
    row.append(what, make("span", "hc-tag num " + colour, tag));
    return row;
  }

  /* One to see. */
  function label(code) {
    var field = form.querySelector("[name=result][value='" + code + "']");
    return field ? field.dataset.words : "";
  }
  function refusal(row, lead) {
    return row.status === 401 ? page.words.signInFirst : row.status === 404 ? filled(words.over, { name: lead.name + " " + lead.phone }) : row.refused;
  }

  function meet(outings, cards, pending) {
    var hit = person(outings);
    if (!hit) { if (who) location.hash = "field"; return; }
    var one = hit.one, rows = about(pending, "seen:" + one.id), refused = rows.filter(function (row) { return row.refused; })[0];
    var clash = refused && refused.status === 412 ? refused : null, stands = one.recorded || { label: "", words: "", by: "", at: null };
    if (clash && !asking && (!one.recorded || clash.headers["If-Match"] === one.etag)) renew(hit.outing);
    fill(id("meet"), {
      title: one.person,
      when: page.hour(hit.stop.at) + " · " + hit.stop.place,
      place: [hit.stop.town, hit.stop.place].join(" · "),
      away: words[one.away] || one.away,
      purpose: one.purpose,
      lead: one.lead.name + " " + one.lead.phone,
      refused: refused ? refusal(refused, one.lead) : "",
      refusedMine: refused ? [label(refused.mine.result), refused.mine.words].filter(Boolean).join("\n") : "",
      result: stands.label,
      by: stands.at ? filled(words.by, { name: stands.by, hour: page.hour(stands.at) }) : "",
      words: stands.words,
      theirWho: stands.at ? filled(words.their, { name: stands.by, hour: page.hour(stands.at) }) : "",
      theirResult: stands.label,
      theirWords: stands.words,
      myResult: clash ? label(clash.mine.result) : "",
      myWords: clash ? clash.mine.words : ""
    });
    each("[data-if]", function (node) { node.hidden = !one[node.dataset.if]; }, id("meet"));
    each("[data-back]", function (link) { link.href = "#outing:" + hit.outing.id; }, id("meet"));
    page.warn(id("meet-warnings"), one);
    id("meet-neutral").hidden = !one.neutral;
    id("meet-waits").hidden = !rows.length || Boolean(refused);
    id("meet-refused").hidden = !refused || Boolean(clash);
    id("meet-conflict").hidden = !clash || !one.recorded;
    id("meet-recorded").hidden = !one.recorded || Boolean(clash);
    id("meet-card").hidden = !cards.some(function (card) { return card.case === one.case; });
    id("meet-card").firstElementChild.href = "#house:" + one.case;
    form.hidden = Boolean(one.recorded) || rows.length > 0 || restored !== "seen:" + one.id || hit.outing.on > today();
  }

  function renew(outing) {
    asking = true;
    page.signed("GET", "/field/outings/" + outing.id).then(function (fresh) {
      return kept("outings").then(function (row) { return put("outings", row.items.map(function (one) { return one.id === fresh.id ? fresh : one; })); });
    }).then(page.redraw).catch(function () {}).then(function () { asking = false; });
  }

  function now(act) {
    pressed += 1;
    return Promise.all([kept("outings"), self.HopeSend.own("waiting")]).then(function (got) {
      var hit = person(got[0].items);
      return hit ? act(hit.one, about(got[1], "seen:" + hit.one.id).filter(function (row) { return row.refused; })[0]) : null;
    }).then(page.redraw);
  }

  function send(one, method, path, what, body, mine) {
    body.written_at = new Date().toISOString();
    return page.send([{ at: Date.now(), title: [what, one.person].join(" · "), signed: true, method: method, path: "/field/outings/people/" + one.id + path, headers: { "If-Match": one.etag }, body: body, about: "seen:" + one.id, keeps: "outings", mine: mine }]);
  }
  function result(one, mine) { return send(one, "PUT", "/result", words.resultOf, { client_id: newId(), result: mine.result, words: mine.words }, mine); }

  /* Hidden until the draft stands in it: a quick hand's words would be written over. */
  function restore(name, fields, read) {
    restored = "";
    fields.hidden = true;
    fields.reset();
    each(".hc-err", function (node) { say(node, ""); }, fields);
    say(id(fields.id + "-said"), "");
    return store.get("kept", "draft:" + name).then(function (row) {
      if (row) { read(row.form); say(id(fields.id + "-said"), words.kept); }
      restored = name;
    });
  }
  function draft(name, fields, values) {
    store.put("kept", { name: "draft:" + name, at: Date.now(), form: values }).then(function () { say(id(fields.id + "-said"), words.kept); }, function () {});
  }

  function outcome() {
    var chosen = form.querySelector("[name=result]:checked");
    return { result: chosen ? chosen.value : "", words: form.elements.words.value };
  }
  function showOutcome(told) {
    each("[name=result]", function (field) { field.checked = field.value === told.result; }, form);
    form.elements.words.value = told.words;
  }
  form.addEventListener("input", function () { draft("seen:" + who, form, outcome()); });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var mine = outcome();
    mine.words = mine.words.trim();
    say(id("meeting-error"), mine.result ? "" : words.choose);
    if (!mine.result) return;
    page.once(form, function () {
      form.hidden = true;
      return now(function (one) {
        return result(one, mine).then(function () { return store.drop("kept", "draft:seen:" + one.id); });
      }).then(function () { id("meet-h").focus({ preventScroll: true }); window.scrollTo(0, 0); }, page.redraw);
    });
  });

  function choose(what, act) {
    var button = id("meet-conflict").querySelector("[data-" + what + "]");
    button.addEventListener("click", function () {
      page.once(button, function () {
        return now(function (one, refused) {
          return refused ? store.drop("waiting", refused.n).then(function () { return act(one, refused.mine); }) : null;
        });
      });
    });
  }
  choose("leave", function () { return null; });
  choose("mine", result);
  choose("add", function (one, mine) {
    var text = [one.recorded.result === mine.result ? "" : label(mine.result), mine.words].filter(Boolean).join(". ");
    return text ? send(one, "POST", "/words", words.noteOf, { client_id: newId(), words: text.slice(0, 1000) }, mine) : null;
  });
  id("meet-refused").querySelector("[data-mend]").addEventListener("click", function () {
    now(function (one, refused) {
      if (!refused) return null;
      return store.put("kept", { name: "draft:seen:" + one.id, at: Date.now(), form: refused.mine }).then(function () { return store.drop("waiting", refused.n); }).then(function () { return restore("seen:" + one.id, form, showOutcome); });
    });
  });

  /* Somebody who was on no list. */
  function newcomer(outings, pending) {
    var hit = halt(outings);
    if (!hit) { if (where) location.hash = "field"; return; }
    fill(id("newcomer"), { place: hit.stop.place + " · " + hit.stop.town });
    each("[data-back]", function (link) { link.href = "#outing:" + hit.outing.id; }, id("newcomer"));
    sheet.hidden = restored !== "intake:" + where || !hit.outing.may_take;
    if (!sheet.hidden && !sheet.elements.town.value && !sheet.dataset.begun) sheet.elements.town.value = hit.stop.town_code;
    sheet.dataset.begun = "yes";
    page.list(id("newcomer-refused"), pending.filter(function (row) { return row.stop === where && row.refused; }), function (row) {
      var node = make("li", "m-row"), mend = make("button", "krds-btn tertiary medium", words.mend);
      mend.type = "button";
      mend.addEventListener("click", function () {
        store.put("kept", { name: "draft:intake:" + where, at: Date.now(), form: row.form }).then(function () { return store.drop("waiting", row.n); }).then(function () { return restore("intake:" + where, sheet, showSheet); }).then(page.redraw);
      });
      node.append(make("strong", "", row.title), make("p", "hc-err", row.status === 401 ? page.words.signInFirst : row.refused), mend);
      return node;
    });
  }

  function typed() {
    var told = {};
    FIELDS.forEach(function (name) { told[name] = sheet.elements[name].value.trim(); });
    return told;
  }
  function showSheet(told) { FIELDS.forEach(function (name) { sheet.elements[name].value = told[name] || ""; }); }
  function lacks(told) {
    if (!told.name && !told.phone && !told.callerPhone) return [words.somebody, "name"];
    if (!told.words) return [words.wordsPlease, "words"];
    return told.birth && !/^\d{4}(-\d{2}-\d{2})?$/.test(told.birth) ? [words.birth, "birth"] : null;
  }
  sheet.addEventListener("input", function () { draft("intake:" + where, sheet, typed()); });
  sheet.addEventListener("submit", function (event) {
    event.preventDefault();
    var told = typed(), missing = lacks(told), stop = where, key = newId(), name = told.name || told.phone || told.caller;
    say(id("coming-error"), missing ? missing[0] : "");
    if (missing) { sheet.elements[missing[1]].focus(); return; }
    var body = { client_id: key, name: told.name, phone: told.phone, words: told.words, birth: told.birth, sex: told.sex, town: told.town, directions: told.directions, for_another: Boolean(told.caller || told.callerPhone), caller_name: told.caller, caller_phone: told.callerPhone };
    page.once(sheet, function () {
      sheet.hidden = true;
      return kept("taken").then(function (row) {
        return put("taken", row.items.concat([{ id: key, name: name, stop: stop, number: "" }]));
      }).then(function () {
        return page.send([{ at: Date.now(), title: [words.intakeOf, name].join(" · "), signed: true, method: "POST", path: "/field/outings/stops/" + stop + "/intakes", headers: {}, body: body, about: "intake:" + key, stop: stop, keeps: "taken", form: told }]);
      }).then(function () { return store.drop("kept", "draft:intake:" + stop); }).then(function () {
        location.hash = id("newcomer").querySelector("[data-back]").hash;
      }, function () { sheet.hidden = false; say(id("coming-error"), page.words.noRoom); });
    });
  });

  page.screens.outing = function (which) { shown = Number(which) || 0; page.redraw(); };
  page.screens.meet = function (which) { who = Number(which) || 0; restore("seen:" + who, form, showOutcome).then(page.redraw); };
  page.screens.newcomer = function (which) {
    where = Number(which) || 0;
    delete sheet.dataset.begun;
    restore("intake:" + where, sheet, function (told) { showSheet(told); sheet.dataset.begun = "yes"; }).then(page.redraw);
  };
  page.redraws.push(draw);
  forget().catch(function () {}).then(function () {
    if (page.screens[location.hash.slice(1).split(":")[0]] && /^#(outing|meet|newcomer):/.test(location.hash)) page.show();
    return page.redraw();
  });
})(self);
