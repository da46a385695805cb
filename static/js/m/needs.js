/* Asking about the eight at the door: a draft is kept with every touch, goes out once, and where somebody else answered
   the same otherwise, both answers are shown before anything is written. */
(function (self) {
  "use strict";
  var store = self.HopeStore, page = self.HopePage;
  var id = page.id, each = page.each, say = page.say, make = page.make, filled = page.filled;
  var words = id("need-words-of").dataset;
  var form = id("answers");
  var selects = Array.prototype.slice.call(form.querySelectorAll("[data-need]"));
  var number = "", who = 0, asking = false, restored = "", waited = false;

  function kept(name) { return store.get("kept", name).then(function (row) { return row || { items: [] }; }); }
  function about() { return "needs:" + number + "/" + who; }
  function draftName() { return "draft:" + about(); }
  function degree(value) {
    var option = selects[0] && selects[0].querySelector("option[value='" + (value || "unasked") + "']");
    return option ? option.textContent : value;
  }
  function cell(one, code) { return one.cells[code] || { value: "unasked", answer: 0, by: "" }; }
  function found(grids) {
    var grid = grids.filter(function (row) { return row.id === number; })[0];
    return grid && grid.people.filter(function (one) { return (one.person || 0) === who; })[0];
  }
  function mine(pending, key) { return pending.filter(function (row) { return row.about === key; }); }

  /* With the cards of today's visits; once a day, and anew after each answer. */
  function fetchAll() {
    return Promise.all([store.get("keys", "staff"), kept("cards"), kept("grids")]).then(function (got) {
      if (!got[0]) return null;
      var numbers = got[1].items.map(function (card) { return card.case; });
      var still = got[2].items.filter(function (grid) { return numbers.indexOf(grid.id) >= 0; });
      var known = still.map(function (grid) { return grid.id; });
      return Promise.all(numbers.filter(function (one) { return known.indexOf(one) < 0; }).map(function (one) {
        return page.signed("GET", "/field/households/" + one + "/needs").catch(function () { return null; });
      })).then(function (fresh) { return store.put("kept", { name: "grids", at: Date.now(), items: still.concat(fresh.filter(Boolean)) }); });
    });
  }

  function keepGrid(fresh) {
    return kept("grids").then(function (row) {
      var others = row.items.filter(function (grid) { return grid.id !== fresh.id; });
      return store.put("kept", { name: "grids", at: row.at || Date.now(), items: others.concat([fresh]) });
    });
  }

  function draw(pending) {
    return Promise.all([kept("grids"), store.all("kept")]).then(function (got) {
      var grids = got[0].items, drafts = got[1].map(function (row) { return row.name; });
      id("house-ask").firstElementChild.href = "#needs:" + location.hash.split(":")[1];
      id("house-ask").hidden = !grids.some(function (grid) { return location.hash === "#house:" + grid.id; });
      if (!id("needs").hidden) list(grids, pending, drafts);
      if (!id("asking").hidden) one(grids, pending);
    });
  }

  function list(grids, pending, drafts) {
    var grid = grids.filter(function (row) { return row.id === number; })[0];
    if (!grid) { location.hash = "field"; return; }
    page.fill(id("needs"), { number: number });
    page.list(id("needs-list"), grid.people, function (person) {
      var key = "needs:" + number + "/" + (person.person || 0), rows = mine(pending, key);
      var refused = rows.some(function (row) { return row.refused; });
      var tag = refused ? words.conflict : rows.length ? words.waits : drafts.indexOf("draft:" + key) >= 0 ? words.draft : filled(words.asked, { n: Object.keys(person.cells).length, all: selects.length });
      var line = make("li", "m-row"), link = make("a", "link touch", person.name || words.household);
      link.href = "#asking:" + number + "/" + (person.person || 0);
      line.append(link, make("span", "hc-tag " + (refused ? "red" : rows.length || tag === words.draft ? "amb" : "dim"), tag));
      return line;
    });
  }

  function one(grids, pending) {
    var person = found(grids);
    if (!person) { location.hash = number ? "needs:" + number : "field"; return; }
    var rows = mine(pending, about()), refused = rows.filter(function (row) { return row.refused; })[0];
    var clash = refused && refused.status === 412 ? refused : null;
    page.fill(id("asking"), { title: person.name || words.household });
    id("asking-alone").hidden = !person.alone;
    id("need-money").hidden = !person.person;
    id("asking-waits").hidden = !rows.length || Boolean(refused);
    id("asking-refused").hidden = !refused || Boolean(clash);
    if (refused) id("asking-refused").querySelector("strong").textContent = refused.status === 401 ? page.words.signInFirst : refused.refused;
    form.hidden = rows.length > 0 || restored !== about();
    if (waited && !rows.length) restore().then(page.redraw); /* gone out: what is asked next begins on what stands now */
    waited = rows.length > 0;
    id("asking-conflict").hidden = !clash;
    if (!clash) return;
    var both = differing(clash.body, person);
    if (!both.length && !asking) renew();
    page.list(id("asking-both"), both, function (code) {
      var line = make("li", "m-row");
      line.append(make("strong", "", id("need-" + code).labels[0].textContent), make("p", "", filled(words.theirs, { name: cell(person, code).by, value: degree(cell(person, code).value) })), make("p", "", filled(words.mine, { value: degree(clash.body.values[code]) })));
      return line;
    });
  }

  /* What I changed and somebody else answered otherwise since I looked. */
  function differing(body, person) {
    return Object.keys(body.values).filter(function (code) {
      var theirs = cell(person, code);
      return body.values[code] !== (body.before[code] || "unasked") && theirs.answer !== (body.seen[code] || 0) && theirs.value !== body.values[code];
    });
  }

  function renew() {
    asking = true;
    page.signed("GET", "/field/households/" + number + "/needs").then(keepGrid).then(page.redraw).catch(function () {}).then(function () { asking = false; });
  }

  /* The draft remembers which answers it was begun on. */
  function values() {
    var told = {};
    selects.forEach(function (field) { told[field.name] = field.value; });
    return { values: told, own: form.elements.own.value, offer: form.elements.offer.value, money: form.elements.money.value };
  }

  /* Hidden until what is known stands in it: a quick hand's answer would be written over. */
  function restore() {
    var key = about();
    restored = "";
    waited = false;
    form.hidden = true;
    form.reset();
    say(id("asking-said"), "");
    say(id("asking-error"), "");
    return Promise.all([store.get("kept", draftName()), kept("grids")]).then(function (got) {
      var person = found(got[1].items), draft = got[0];
      if (!person || key !== about()) return;
      selects.forEach(function (field) { field.value = draft ? draft.form.values[field.name] : cell(person, field.name).value; });
      form.shown = draft ? draft.shown : shownNow(person);
      if (draft) {
        ["own", "offer", "money"].forEach(function (name) { form.elements[name].value = draft.form[name]; });
        say(id("asking-said"), words.kept);
      }
      restored = key;
    });
  }

  function shownNow(person) {
    var shown = { phase: person.phase, seen: {}, before: {} };
    selects.forEach(function (field) {
      shown.seen[field.name] = cell(person, field.name).answer;
      shown.before[field.name] = cell(person, field.name).value;
    });
    return shown;
  }

  form.addEventListener("input", function () {
    store.put("kept", { name: draftName(), at: Date.now(), form: values(), shown: form.shown }).then(function () { say(id("asking-said"), words.kept); }, function () {});
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var told = values(), shown = form.shown;
    var changed = selects.some(function (field) { return field.value !== shown.before[field.name]; });
    var lacks = !changed && !told.own.trim() && !told.offer.trim() && !told.money;
    say(id("asking-error"), lacks ? words.nothing : "");
    if (lacks) return;
    page.once(form, function () {
      form.hidden = true;
      return send({ person: who || null, phase: shown.phase, values: told.values, seen: shown.seen, before: shown.before, own_words: told.own.trim(), offer: told.offer.trim(), money: who ? told.money : "" }).then(function () {
        return store.drop("kept", draftName());
      }).then(page.redraw).then(function () { id("asking-h").focus({ preventScroll: true }); window.scrollTo(0, 0); }, page.redraw);
    });
  });

  function send(body) {
    var title = [words.answersOf, number].join(" · ");
    return page.send([{ at: Date.now(), title: title, signed: true, method: "POST", path: "/field/households/" + number + "/needs", headers: { "Idempotency-Key": store.newKey() }, body: body, about: about(), keeps: "grids" }]);
  }

  function now(act) {
    return Promise.all([kept("grids"), self.HopeSend.own("waiting")]).then(function (got) {
      var person = found(got[0].items), refused = mine(got[1], about()).filter(function (row) { return row.refused; })[0];
      return person && refused ? act(person, refused) : null;
    }).then(page.redraw);
  }

  /* Sent anew on top of what stands now: my cells where I changed them, but those that are left to the other. */
  function settle(left) {
    return function () {
      now(function (person, refused) {
        var body = refused.body, shown = shownNow(person), both = differing(body, person);
        Object.keys(body.values).forEach(function (code) {
          var untouched = body.values[code] === (body.before[code] || "unasked");
          if (untouched || (left && both.indexOf(code) >= 0)) body.values[code] = shown.before[code];
        });
        body.seen = shown.seen;
        body.before = shown.before;
        return store.drop("waiting", refused.n).then(function () { return send(body); });
      });
    };
  }

  id("asking-conflict").querySelector("[data-mine]").addEventListener("click", settle(false));
  id("asking-conflict").querySelector("[data-theirs]").addEventListener("click", settle(true));
  id("asking-refused").querySelector("[data-mend]").addEventListener("click", function () {
    now(function (person, refused) {
      var body = refused.body;
      var draft = { values: body.values, own: body.own_words, offer: body.offer, money: body.money };
      return store.put("kept", { name: draftName(), at: Date.now(), form: draft, shown: { phase: body.phase, seen: body.seen, before: body.before } }).then(function () { return store.drop("waiting", refused.n); }).then(restore);
    });
  });

  page.screens.needs = function (which) {
    number = which || "";
    each("[data-back]", function (link) { link.href = "#house:" + number; }, id("needs"));
    page.redraw();
  };
  page.screens.asking = function (which) {
    var parts = (which || "").split("/");
    number = parts[0];
    who = Number(parts[1]) || 0;
    each("[data-back]", function (link) { link.href = "#needs:" + number; }, id("asking"));
    restore().then(page.redraw);
  };
  page.redraws.push(draw);
  page.afterRound = fetchAll;
})(self);
