/* A volunteer's day on the telephone: it reads without signal, and what is pressed waits and goes out once, in order. */
(function (self) {
  "use strict";
  var store = self.HopeStore, page = self.HopePage;
  var id = page.id, each = page.each, say = page.say, make = page.make, filled = page.filled, fill = page.fill;
  var words = id("visit-words").dataset;
  var PLACE_KEPT = 24 * 3600 * 1000;
  var OPEN = ["visit", "waiting"];
  var shown = "";
  var person = "";
  var after = "";
  var asking = false;
  var pressed = 0;
  var knowing = Promise.resolve();

  function kept(name) { return store.get("kept", name).then(function (row) { return row || { items: [] }; }); }
  function put(name, items) { return store.put("kept", { name: name, at: Date.now(), items: items }); }

  /* Where a house is does not stay longer than a day after the visit. */
  function forget(offers) {
    offers.forEach(function (offer) { if (offer.way && Date.now() > Date.parse(offer.ends) + PLACE_KEPT) offer.way = null; });
    return offers;
  }

  /* What was asked for before a press may come after its answer, and must not take its place. */
  function fetchAll() {
    var before = pressed;
    return page.signed("GET", "/volunteer/people").then(function (people) {
      if (!people.items.length) return Promise.all([store.drop("kept", "people"), store.drop("kept", "offers")]);
      return page.signed("GET", "/volunteer/offers").then(function (offers) {
        return before === pressed ? Promise.all([put("people", people.items), put("offers", offers.items)]) : null;
      });
    });
  }

  function facts(offer, many) {
    var at = page.date(offer.starts) + " (" + page.weekday(offer.starts) + ") ";
    var way = offer.way || {};
    return {
      date: page.date(offer.starts),
      weekday: page.weekday(offer.starts),
      service: offer.service.name,
      when: at + page.hour(offer.starts) + "–" + page.hour(offer.ends),
      where: [offer.town.name, offer.quarter].filter(Boolean).join(" · "),
      who: many ? offer.who : "",
      directions: way.directions,
      address: way.address,
      answerBy: offer.answer_by ? filled(words.answerBy, { day: page.day(offer.answer_by), hour: page.hour(offer.answer_by) }) : "",
      noWay: filled(words.noWay, { name: offer.contact.name }),
      confirmed: offer.confirmed_minutes ? filled(words.confirmed, { n: offer.confirmed_minutes }) : filled(words.knows, { name: offer.contact.name })
    };
  }

  /* Lists. */
  function row(offer, many, pending) {
    var line = id("a-visit").content.firstElementChild.cloneNode(true);
    var told = facts(offer, many);
    var waits = pending.some(function (one) { return one.about === offer.id; });
    told.when = page.hour(offer.starts) + "–" + page.hour(offer.ends);
    told.tag = waits ? words.waits : words[offer.standing] || "";
    fill(line, told);
    line.firstElementChild.href = "#visit:" + offer.id;
    line.querySelector(".hc-tag").className = "hc-tag " + (waits || offer.standing === "ask" ? "amb" : OPEN.indexOf(offer.standing) >= 0 ? "acc" : "dim");
    return line;
  }

  function draw(pending) {
    return Promise.all([kept("people"), kept("offers")]).then(function (found) {
      var people = found[0].items, offers = forget(found[1].items), many = people.length > 1;
      var soon = Date.now() - PLACE_KEPT;
      var asks = offers.filter(function (one) { return one.standing === "ask"; });
      var coming = offers.filter(function (one) { return OPEN.indexOf(one.standing) >= 0 && Date.parse(one.ends) > soon; });
      var over = offers.filter(function (one) { return asks.indexOf(one) < 0 && coming.indexOf(one) < 0; }).reverse();
      function rows(place, some) { page.list(id(place), some, function (offer) { return row(offer, many, pending); }); }
      rows("asks-list", asks);
      rows("coming-list", coming);
      rows("over-list", over);
      id("asks").hidden = !asks.length;
      id("over").hidden = !over.length;
      id("coming-none").hidden = coming.length > 0;
      id("to-calendar").hidden = !coming.length || page.cut();
      say(id("visits-as-of"), found[1].at ? filled(page.cut() ? words.asOfCut : words.asOf, { day: page.day(found[1].at), hour: page.hour(found[1].at) }) : "");
      id("to-visits").hidden = !people.length;
      var next = asks[0] || coming[0];
      say(id("next-visit"), next ? filled(asks.length ? words.nextAsk : words.next, { n: asks.length, what: next.service.name, when: facts(next).when }) : words.nothing);
      cards(people, many, pending);
      return visit(offers, many, pending);
    });
  }

  /* Cards stay as they are and are told anew: whoever is writing or pressing in one keeps the place and the open part. */
  function cards(people, many, pending) {
    var place = id("people");
    var known = Array.prototype.map.call(place.children, function (node) { return node.dataset.person; }).join();
    if (known !== people.map(function (one) { return one.id; }).join()) page.list(place, people, card);
    people.forEach(function (one, number) {
      show(place.children[number], one, many, pending.filter(function (row) { return row.about === "person:" + one.id; }));
    });
  }

  function card(one) {
    var place = id("a-person").content.firstElementChild.cloneNode(true), path = "/volunteer/people/" + one.id;
    place.dataset.person = one.id;
    place.querySelector("[data-hours]").href = "#hours:" + one.id;
    function tell(method, body) {
      return function () {
        var wrong = place.querySelector("[data-wrong]");
        say(wrong, "");
        pressed += 1;
        page.signed(method, path + "/rest", body).then(page.sync).catch(function (why) { page.wrong(wrong, why); });
      };
    }
    each("[data-rest]", function (button) { button.addEventListener("click", tell("POST", { days: Number(button.dataset.rest) })); }, place);
    place.querySelector("[data-resume]").addEventListener("click", tell("DELETE"));
    each("[data-call]", function (button) {
      button.addEventListener("click", function () {
        var on = Boolean(button.dataset.call);
        wish(place, one, "call", on ? words.didCall : words.didNocall, "/stand-by", { on: on, at: new Date().toISOString() }).then(function () {
          if (document.activeElement === button || document.activeElement === document.body) place.querySelector("[data-call]:not([hidden])").focus();
        });
      });
    }, place);
    place.querySelector("[data-off]").addEventListener("submit", function (event) {
      var fields = event.target.elements, first = fields.first.value;
      event.preventDefault();
      say(place.querySelector("[data-off-wrong]"), first ? "" : words.dayPlease);
      if (!first) return fields.first.focus();
      wish(place, one, "off", filled(words.didOff, { days: span({ first: first, last: fields.last.value || first }) }), "/days-off", { first: first, last: fields.last.value || null });
      event.target.reset();
    });
    return place;
  }

  /* Kept here first and sent from there, as what is pressed at the door; what was refused before gives way to it. */
  function wish(place, one, what, title, path, body) {
    pressed += 1;
    say(place.querySelector("[data-wrong]"), "");
    return self.HopeSend.own("waiting").then(function (rows) {
      var old = rows.filter(function (row) { return row.refused && row.about === "person:" + one.id; });
      return Promise.all(old.map(function (row) { return store.drop("waiting", row.n); }));
    }).then(function () {
      say(place.querySelector("[data-wrong]"), ""); /* a redraw between may have shown it once more */
      return page.send([{ at: Date.now(), title: title, signed: true, method: "POST", path: "/volunteer/people/" + one.id + path, body: body, about: "person:" + one.id, what: what, keeps: "people" }]);
    });
  }

  function span(off) { return page.date(off.first) + (off.last === off.first ? "" : "–" + page.date(off.last)); }

  function show(place, one, many, rows) {
    var waits = rows.filter(function (row) { return !row.refused; }), refused = rows.filter(function (row) { return row.refused; })[0];
    var call = waits.filter(function (row) { return row.what === "call"; }).pop(), called = call ? call.body.on : Boolean(one.on_call);
    var hours = Math.floor(one.minutes / 60), minutes = one.minutes % 60;
    var off = (one.days_off || []).concat(waits.filter(function (row) { return row.what === "off"; }).map(function (row) {
      return { first: row.body.first, last: row.body.last || row.body.first, waits: true };
    }));
    fill(place, {
      heading: filled(many ? words.yearOf : words.year, { year: one.year, name: one.name }),
      hours: filled(minutes ? words.hoursMinutes : words.hours, { h: hours, m: minutes }),
      visits: filled(words.visits, { n: one.visits }),
      until: one.paused_until ? filled(words.restsUntil, { day: page.day(one.paused_until) }) : ""
    });
    place.querySelector("[data-active]").hidden = one.state !== "active";
    place.querySelector("[data-paused]").hidden = one.state !== "paused";
    page.list(place.querySelector("[data-off-list]"), off, function (days) {
      var line = make("li", "", span(days));
      if (days.waits) line.append(" ", make("span", "hc-tag amb", words.waits));
      return line;
    });
    place.querySelector("[data-off-some]").hidden = !off.length;
    say(place.querySelector("[data-called]"), !called ? "" : call ? words.calledSoon : words.called);
    place.querySelector("[data-person-waits]").hidden = !waits.length;
    each("[data-call]", function (button) { button.hidden = Boolean(button.dataset.call) === called; }, place);
    if (refused) say(place.querySelector("[data-wrong]"), refused.status === 401 ? page.words.signInFirst : refused.refused);
  }

  /* One visit. */
  function listed(node, name, value) { return (node.dataset[name] || "").split(" ").indexOf(value) >= 0; }

  function visit(offers, many, pending) {
    var screen = id("visit");
    var offer = offers.filter(function (one) { return one.id === shown; })[0];
    if (screen.hidden) return;
    if (!offer) { if (shown && !asking) location.hash = "visits"; return; }
    var mine = pending.filter(function (one) { return one.about === shown; });
    var waiting = mine.filter(function (one) { return !one.refused; });
    var refused = mine.filter(function (one) { return one.refused; })[0];
    function waits(what) { return waiting.some(function (one) { return one.what === what; }); }
    fill(screen, facts(offer, many));
    each("[data-on]", function (node) {
      var held = (node.dataset.free || "").split(" ").some(waits);
      node.hidden = !listed(node, "on", offer.standing) || held;
    }, screen);
    id("visit-waits").hidden = !waiting.length;
    each("[data-pending]", function (node) { node.hidden = !node.dataset.pending.split(" ").some(waits); }, screen);
    id("visit-refused").hidden = !refused;
    if (refused) id("visit-refused").querySelector("strong").textContent = refused.status === 401 ? page.words.signInFirst : refused.refused;
    each("[data-stairs]", function (node) { node.hidden = !offer.stairs; }, screen);
    each("[data-together]", function (node) { node.hidden = !offer.together; }, screen);
    each("[data-way]", function (node) { node.hidden = !offer.way; }, screen);
    each("[data-noway]", function (node) { node.hidden = offer.standing !== "visit" || Boolean(offer.way); }, screen);
    each("[data-reserve]", function (node) { node.hidden = !offer.in_reserve; }, screen);
    each("[data-noreserve]", function (node) { node.hidden = offer.in_reserve; }, screen);
    id("visit-contact").href = "tel:" + offer.contact.phone.replace(/[^+\d]/g, "");
    id("visit-contact").querySelector("span").textContent = offer.contact.name + " " + offer.contact.phone;
    door(offer, waiting);
  }

  function door(offer, waiting) {
    var now = Date.now();
    var here = waiting.filter(function (one) { return one.what === "arrived"; })[0];
    var told = waiting.some(function (one) { return one.what === "done" || one.what === "nobody"; });
    var at = offer.arrived_at || (here && here.body.at);
    var may = offer.arrive_from && now >= Date.parse(offer.arrive_from) && now <= Date.parse(offer.arrive_until);
    id("at-door").hidden = !at && (!may || told);
    id("arrive").hidden = Boolean(at);
    say(id("arrived-said"), at ? filled(words.arrivedAt, { hour: page.hour(at) }) : "");
    id("may-report").hidden = told || !(offer.report_from && now >= Date.parse(offer.report_from));
    id("too-early").hidden = !id("may-report").hidden;
    id("after").hidden = told;
  }

  var DOES = { yes: "/answer", no: "/answer", cannot: "/withdrawal", arrived: "/arrival", done: "/end", nobody: "/end" };
  var SAYS = {
    yes: function () { return { yes: true }; },
    no: function () { return { yes: false }; },
    arrived: function (at) { return { at: at }; },
    done: function (at) { return { at: at, nobody_home: false }; },
    nobody: function (at) { return { at: at, nobody_home: true }; }
  };

  each("[data-do]", function (button) {
    button.addEventListener("click", function () {
      var what = button.dataset.do;
      page.once(id("visit"), function () { return act(what); });
    });
  }, id("visit"));

  function act(what) {
    pressed += 1;
    return knowing.then(function () { return kept("offers"); }).then(function (row) {
      var offer = row.items.filter(function (one) { return one.id === shown; })[0];
      if (!offer) return null;
      var body = SAYS[what] && SAYS[what](new Date().toISOString());
      var title = [words["did" + what.charAt(0).toUpperCase() + what.slice(1)], offer.service.name, page.day(offer.starts)].join(" · ");
      return page.send([{ at: Date.now(), title: title, signed: true, method: "POST", path: "/volunteer/offers/" + offer.id + DOES[what], body: body, about: offer.id, what: what, keeps: "offers" }]);
    }).then(function () { id("visit-h").focus({ preventScroll: true }); window.scrollTo(0, 0); });
  }

  id("calendar").addEventListener("click", function () {
    self.HopeSend.access().then(function (token) {
      return fetch("/api/v1/volunteer/calendar", { headers: { Authorization: "Bearer " + token, "Accept-Language": document.documentElement.lang }, credentials: "omit" });
    }).then(function (answer) {
      if (!answer.ok) throw new self.HopeSend.Later(0);
      return answer.blob();
    }).then(function (file) {
      var link = make("a");
      link.href = URL.createObjectURL(file);
      link.download = "visits.ics";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    }).catch(function (why) { page.wrong(id("visits-error"), why); });
  });

  /* Hours. */
  function line(one) {
    var place = make("li", "m-row");
    place.append(make("strong", "", one.service), make("span", "num", (one.minutes < 0 ? "−" : "") + filled(words.minutes, { n: Math.abs(one.minutes) })), make("p", "small soft", page.day(one.on) + (one.corrects ? " · " + words.corrects : "")));
    return place;
  }

  function more() {
    say(id("hours-error"), "");
    return page.signed("GET", "/volunteer/people/" + person + "/hours" + (after ? "?after=" + encodeURIComponent(after) : "")).then(function (found) {
      found.items.forEach(function (one) { id("hours-list").append(line(one)); });
      after = found.next || "";
      id("hours-more").hidden = !after;
      id("hours-none").hidden = id("hours-list").children.length > 0;
    }).catch(function (why) { page.wrong(id("hours-error"), why); });
  }

  id("hours-more").addEventListener("click", more);
  id("certificate").addEventListener("click", function () {
    say(id("hours-error"), "");
    page.signed("POST", "/volunteer/people/" + person + "/certificate").then(function (paper) { location.href = paper.url; }).catch(function (why) { page.wrong(id("hours-error"), why); });
  });

  /* A question that came as a notification may not be known here yet. */
  function known() {
    asking = true;
    return kept("offers").then(function (row) {
      if (!shown || row.items.some(function (one) { return one.id === shown; })) return null;
      return page.signed("GET", "/volunteer/offers/" + encodeURIComponent(shown)).then(function (offer) {
        return kept("offers").then(function (now) { return put("offers", now.items.filter(function (one) { return one.id !== offer.id; }).concat([offer])); });
      });
    }).catch(function () {}).then(function () { asking = false; });
  }

  page.screens.visits = function () { page.redraw(); };
  page.screens.visit = function (which) { shown = which || ""; knowing = known(); knowing.then(page.redraw); };
  page.screens.hours = function (which) {
    person = which || "";
    after = "";
    id("hours-list").replaceChildren();
    id("hours-none").hidden = id("hours-more").hidden = true;
    more();
  };
  page.redraws.push(draw);
  page.syncs.push(fetchAll);
})(self);
