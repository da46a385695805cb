/* The phone app's page: screens by their address, a report in thirty seconds, and what waits always in sight. */
(function () {
  "use strict";
  var store = self.HopeStore;
  var sender = self.HopeSend;
  var page = self.HopePage;
  var words = page.words;
  var form = document.getElementById("telling");
  var stop = document.getElementById("stop");
  var MOST_PHOTOS = 5;
  var photos = [];
  var shrinking = Promise.resolve();
  var timer = 0;
  var sending = null;
  var gone = false;
  var cut = false;

  var id = page.id, each = page.each, say = page.say, make = page.make, filled = page.filled, day = page.day, list = page.list, signed = page.signed, wrong = page.wrong;

  /* Screens. The address after # names one; "back" works as everywhere. */
  function show() {
    var name = location.hash.slice(1).split(":")[0] || "home";
    var about = name === "self" ? "self" : "neighbour";
    var screen = id(name === "self" || name === "neighbour" ? "tell" : name) || id("home");
    if (!screen.classList.contains("m-screen")) screen = id("home");
    each(".m-screen", function (one) { one.hidden = one !== screen; });
    if (screen.id === "tell" && form.dataset.about !== about) choose(about);
    if (screen.id === "me") showMe();
    if (page.screens[screen.id]) page.screens[screen.id](location.hash.split(":")[1]);
    if (screen.id === "round" && !stop.elements.town.value) stop.elements.town.value = sessionStorage.getItem("hopecare.town") || "";
    window.scrollTo(0, 0);
    var head = screen.querySelector("h1");
    if (head && location.hash) head.focus({ preventScroll: true });
  }

  function choose(about) {
    form.dataset.about = about;
    /* Of whoever asks for themselves a safe time, number and words are asked first. */
    form.insertBefore(id("reach"), about === "self" ? form.querySelector("fieldset") : id("telling-error"));
    Array.prototype.forEach.call(form.querySelectorAll("legend .hc-n"), function (number, place) { number.textContent = place + 1; });
    each("[data-about]:not(form)", function (node) {
      node.hidden = node.dataset.about !== about;
      Array.prototype.forEach.call(node.querySelectorAll("input"), function (field) { if (node.hidden) field.checked = false; });
    });
  }

  /* Signal. */
  function signal() {
    each("[data-offline]", function (node) { node.hidden = navigator.onLine && !cut; });
  }

  function refresh() {
    if (gone) return Promise.resolve([]);
    return Promise.all([sender.own("waiting"), sender.own("sent"), store.get("keys", "reporter")]).then(function (found) {
      var stops = found[0].filter(function (row) { return row.round; });
      found[1] = found[1].filter(function (row) { return !row.lost; });
      found[0] = found[0].filter(function (row) { return !row.round; });
      list(id("stops"), stops, stopRow);
      id("go").hidden = !stops.length;
      id("go").textContent = filled(words.go, { n: stops.length });
      list(id("waiting-list"), found[0], waitingRow);
      list(id("sent-list"), found[1].sort(function (one, other) { return other.at - one.at; }), sentRow);
      id("waiting").hidden = !found[0].length;
      id("sent").hidden = !found[1].length;
      id("to-round").hidden = !found[2];
      id("nothing").hidden = Boolean(found[0].length || found[1].length);
      each("[data-count]", function (node) { node.textContent = filled(words.count, { n: found[0].length }); });
      return Promise.all(page.redraws.map(function (draw) { return draw(found[0]); })).then(function () { return found[0]; });
    });
  }

  function waitingRow(row) {
    var line = make("li", "m-row");
    var stuck = !row.refused && row.tries >= sender.TRIES && navigator.onLine && !cut;
    var state = row.refused ? words.refused : cut || !navigator.onLine ? words.waits : sending === row.n ? words.sending : stuck ? words.stuck : words.soon;
    line.append(make("strong", "", row.title), make("span", row.refused ? "hc-tag red" : "hc-tag amb", state));
    if (row.refused) line.append(make("p", "small", row.status === 401 ? words.signInFirst : row.refused));
    line.append(make("p", "small soft", filled(row.photos ? words.until : words.untilPlain, { day: day(row.at + store.KEPT), n: (row.photos || []).length })));
    if (stuck) line.append(make("p", "small", words.stuckHelp));
    if (row.refused || stuck) {
      var away = make("button", "krds-btn tertiary small", words.remove);
      away.type = "button";
      away.addEventListener("click", function () { store.drop("waiting", row.n).then(refresh); });
      line.append(away);
    }
    return line;
  }

  function sentRow(row) {
    var line = make("li", "m-row");
    var link = make("a", "link touch num", row.code);
    link.href = "/report/" + row.code + "/";
    line.append(make("strong", "", row.title), make("span", "hc-tag acc", words.received), link);
    line.append(make("p", "small soft", filled(words.promised, { day: day(row.promised) })));
    return line;
  }

  function sendAll() {
    clearTimeout(timer);
    if (gone) return Promise.resolve();
    if (!navigator.onLine) return refresh();
    return sender.all(function (row, receipt) {
      sending = row && row.n;
      if (receipt && receipt.ring_first) page.ringAnyway();
      return refresh();
    }).then(function (again) {
      sending = null;
      cut = Boolean(again && again.cut);
      if (cut && !id("said").hidden) say(id("said"), words.keptOffline);
      if (!again && !id("said").hidden) say(id("said"), words.thanks);
      signal();
      if (again) timer = setTimeout(sendAll, again.after * 1000);
    }).catch(function () { timer = setTimeout(sendAll, 30000); }).then(refresh);
  }

  id("photos").addEventListener("change", function (event) {
    var files = Array.prototype.slice.call(event.target.files);
    event.target.value = "";
    shrinking = files.reduce(function (before, file) {
      return before.then(function () {
        if (photos.length >= MOST_PHOTOS) { say(id("photos-said"), words.mostPhotos); return null; }
        return page.shrink(file).then(function (made) { photos.push(made); showPhotos(); }, function () { say(id("photos-said"), words.noPhoto); });
      });
    }, shrinking);
  });

  function showPhotos() {
    list(id("photo-list"), photos, function (photo, place) {
      var line = make("li", "m-photo");
      var away = make("button", "krds-btn tertiary small", words.remove);
      away.type = "button";
      away.setAttribute("aria-label", filled(words.removePhoto, { n: place + 1 }));
      away.addEventListener("click", function () { photos.splice(place, 1); showPhotos(); });
      line.append(photo.canvas, away);
      return line;
    });
    say(id("photos-said"), photos.length ? filled(words.photos, { n: photos.length }) : "");
  }

  id("here").addEventListener("click", function () {
    if (!navigator.geolocation) { say(id("here-said"), words.noPlace); return; }
    say(id("here-said"), words.looking);
    navigator.geolocation.getCurrentPosition(function (found) {
      form.elements.lat.value = found.coords.latitude.toFixed(5);
      form.elements.lon.value = found.coords.longitude.toFixed(5);
      say(id("here-said"), words.place);
    }, function () { say(id("here-said"), words.noPlace); }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });

  /* The report. It is kept on the telephone first and sent from there, with or without signal. */
  function told() {
    var fields = form.elements;
    var seen = Array.prototype.filter.call(form.querySelectorAll("[name=seen]:checked"), function (field) { return !field.closest("[hidden]"); });
    var place = { town: fields.town.value || null, words: fields.directions.value.trim() };
    if (fields.lat.value) { place.lat = Number(fields.lat.value); place.lon = Number(fields.lon.value); }
    var urgency = form.querySelector("[name=urgency]:checked");
    var reporter = { phone: fields.phone.value.trim() || null, language: document.documentElement.lang.slice(0, 2) };
    if (form.dataset.about === "self") { reporter.safe_when = fields.safeWhen.value.trim(); reporter.safe_say = fields.safeSay.value.trim(); }
    return {
      place: place,
      about: form.dataset.about,
      seen: seen.map(function (field) { return field.value; }),
      words: fields.words.value.trim(),
      urgency: urgency ? urgency.value : "soon",
      reporter: reporter
    };
  }

  function problem(body) {
    if (!body.place.town && !body.place.words && body.place.lat === undefined) return ["town", words.wherePlease];
    if (!body.seen.length && !body.words) return ["words", words.whatPlease];
    return null;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var body = told();
    var found = problem(body);
    say(id("telling-error"), found ? found[1] : "");
    if (found) { id("telling-error").scrollIntoView({ block: "center" }); form.elements[found[0]].focus(); return; }
    var town = form.elements.town;
    var title = [town.value ? town.options[town.selectedIndex].text : body.place.words || words.pinned, words[body.about]].join(" · ");
    page.once(form, function () {
      return shrinking.then(function () {
        var kept = photos.map(function (photo) { return { blob: photo.blob }; });
        return keepAndSend([{ key: store.newKey(), at: Date.now(), title: title, body: body, photos: kept }]);
      }).then(function () { emptyForm(body); }, function () { say(id("telling-error"), words.noRoom); });
    });
  });

  function emptyForm(body) {
    form.reset();
    form.elements.lat.value = form.elements.lon.value = "";
    photos = [];
    showPhotos();
    say(id("here-said"), "");
    ring([body]);
    say(id("said"), navigator.onLine ? words.kept : words.keptOffline);
    location.hash = "home";
  }

  /* The numbers stay as long as something dangerous waits here, whatever else is told. */
  function ring(bodies) {
    return sender.own("waiting").then(function (rows) {
      var told = bodies.concat(rows.filter(function (row) { return row.body && row.body.reporter && !row.round; }).map(function (row) { return row.body; }));
      page.ring(told.map(page.wordsOf).join("\n"), told.some(function (body) { return body.urgency === "danger"; }));
    });
  }

  /* Whose it is stands on it from the first moment: the next one who signs in here is somebody else. */
  function keep(row) {
    return sender.owner().then(function (account) {
      if (row.signed) row.owner = account;
      return store.put("waiting", row);
    });
  }

  function keepAndSend(rows) {
    return rows.reduce(function (before, row) {
      return before.then(function () { return keep(row); });
    }, Promise.resolve()).then(refresh).then(function () {
      if (navigator.serviceWorker && navigator.serviceWorker.controller) {
        navigator.serviceWorker.ready.then(function (worker) { if (worker.sync) return worker.sync.register("hopecare-send"); }).catch(function () {});
      }
      sendAll();
    });
  }

  /* A round: place, picture, "add"; everything goes out together at its end. Kept here from the first tap. */
  function stopRow(row) {
    var line = make("li", "m-row");
    line.append(make("strong", "", row.title));
    var away = make("button", "krds-btn tertiary small", words.remove);
    away.type = "button";
    away.addEventListener("click", function () { store.drop("waiting", row.n).then(refresh); });
    line.append(away);
    return line;
  }

  stop.addEventListener("submit", function (event) {
    event.preventDefault();
    var town = stop.elements.town;
    var place = { town: town.value || null, words: stop.elements.place.value.trim() };
    var seen = stop.querySelector("[name=seen]:checked");
    var lacks = !place.words ? words.housePlease : !seen ? words.whatPlease : "";
    say(id("stop-error"), lacks);
    if (lacks) return;
    sessionStorage.setItem("hopecare.town", town.value);
    var body = { place: place, about: "neighbour", seen: [seen.value], words: "", urgency: "soon", reporter: { phone: null, language: document.documentElement.lang.slice(0, 2) } };
    var title = [place.words, seen.dataset.words].join(" · ");
    var row = { key: store.newKey(), at: Date.now(), title: title, body: body, photos: [], round: true, signed: true };
    page.once(stop, function () {
      return keep(row).then(function () {
        stop.elements.place.value = "";
        seen.checked = false;
        return refresh();
      }, function () { say(id("stop-error"), words.noRoom); });
    });
  });

  id("go").addEventListener("click", function () {
    sender.own("waiting").then(function (rows) {
      var stops = rows.filter(function (row) { return row.round; });
      ring(stops.map(function (row) { return row.body; }));
      return Promise.all(stops.map(function (row) {
        row.round = false;
        return store.put("waiting", row);
      }));
    }).then(function () {
      say(id("said"), navigator.onLine ? words.kept : words.keptOffline);
      location.hash = "home";
      return keepAndSend([]);
    });
  });

  /* Signing in, and this telephone's keys. */
  id("ask").addEventListener("submit", function (event) {
    event.preventDefault();
    var number = event.target.elements.phone.value.trim();
    say(id("ask-error"), "");
    sender.ask("POST", "/auth/codes", { phone: number, language: document.documentElement.lang.slice(0, 2) }).then(function () {
      id("enter").hidden = false;
      id("enter").elements.code.focus();
    }).catch(function (why) { wrong(id("ask-error"), why); });
  });

  id("enter").addEventListener("submit", function (event) {
    event.preventDefault();
    say(id("enter-error"), "");
    var body = { phone: id("ask").elements.phone.value.trim(), code: event.target.elements.code.value.trim(), name: words.device };
    sender.ask("POST", "/auth/devices", body).then(sender.keep).then(function () {
      event.target.reset();
      id("ask").reset();
      event.target.hidden = true;
      return again().then(showMe);
    }).catch(function (why) { wrong(id("enter-error"), why); });
  });

  id("staff").addEventListener("submit", function (event) {
    event.preventDefault();
    say(id("staff-error"), "");
    sender.ask("POST", "/auth/staff-devices", { code: event.target.elements.code.value.trim(), name: words.device, language: document.documentElement.lang.slice(0, 2) }).then(sender.keep).then(function () {
      event.target.reset();
      return store.put("keys", { name: "staff", at: Date.now() });
    }).then(again).then(showMe).catch(function (why) { wrong(id("staff-error"), why); });
  });

  /* What was refused for want of a key goes out with the new one. */
  function again() {
    return sender.own("waiting").then(function (rows) {
      return Promise.all(rows.filter(function (row) { return row.status === 401; }).map(function (row) {
        row.refused = row.status = 0;
        return store.put("waiting", row);
      }));
    }).then(sync).then(sendAll);
  }

  /* What this telephone may show without signal, fetched anew. */
  function sync() {
    return store.get("keys", "device").then(function (row) {
      if (!row || gone || !navigator.onLine) return null;
      return Promise.all(page.syncs.map(function (fetched) { return fetched().catch(function () {}); })).then(refresh);
    });
  }

  function showMe() {
    return store.get("keys", "device").then(function (row) {
      id("stranger").hidden = Boolean(row);
      id("known").hidden = !row;
      if (!row) return null;
      return Promise.all([signed("GET", "/me"), signed("GET", "/me/devices")]).then(function (found) {
        id("number").textContent = found[0].phone;
        var reporter = found[0].reporter;
        say(id("as-reporter"), reporter ? filled(words.reporter, { body: reporter.body, name: reporter.name }) : "");
        var staff = found[0].staff;
        say(id("as-staff"), staff ? [staff.name, staff.organisation, staff.role].join(" · ") : "");
        id("known-h").firstChild.textContent = staff ? words.mine : words.theirs;
        (reporter ? store.put("keys", { name: "reporter", at: Date.now(), kind: reporter.kind }) : store.drop("keys", "reporter")).then(function () {
          return staff ? store.put("keys", { name: "staff", at: Date.now() }) : store.drop("keys", "staff");
        }).then(sync).then(refresh);
        list(id("devices"), found[1].items, deviceRow);
      });
    }).catch(function (why) {
      if (why instanceof sender.Refused) return sender.lapse().then(refresh).then(showMe);
      say(id("known-error"), words.noSignal);
    });
  }

  function deviceRow(device) {
    var line = make("li", "m-row");
    line.append(make("strong", "", device.name || words.device), make("span", "small soft", device.this ? words.thisOne : day(device.seen_on)));
    if (!device.this) {
      var away = make("button", "krds-btn tertiary small", words.end);
      away.type = "button";
      away.addEventListener("click", function () { signed("DELETE", "/me/devices/" + device.id).then(showMe, function (why) { wrong(id("known-error"), why); }); });
      line.append(away);
    }
    return line;
  }

  /* Nothing stays: first the keys on the server, if there is signal; then everything here. */
  id("erase").addEventListener("click", function () {
    store.all("waiting").then(function (rows) {
      id("sure-waiting").hidden = !rows.length;
      id("sure").showModal();
    });
  });
  id("sure").addEventListener("close", function () {
    if (id("sure").returnValue !== "yes") return;
    gone = true;
    clearTimeout(timer);
    store.get("keys", "device").then(function (row) {
      return row ? signed("DELETE", "/me/devices/" + row.device) : null;
    }).catch(function () {}).then(function () {
      return navigator.serviceWorker ? navigator.serviceWorker.getRegistration("/m/") : null;
    }).then(function (worker) { return worker && worker.unregister(); }).then(store.erase).then(emptied);
  });
  window.addEventListener("erased", emptied);

  function emptied() {
    gone = page.gone = true;
    clearTimeout(timer);
    sessionStorage.clear();
    form.reset();
    photos = [];
    location.replace("#erased");
  }

  window.addEventListener("hashchange", show);
  page.show = show;
  page.send = keepAndSend;
  page.redraw = refresh;
  page.cut = function () { return cut || !navigator.onLine; };
  page.sync = sync;
  window.addEventListener("online", function () { signal(); sendAll().then(sync); });
  window.addEventListener("offline", function () { signal(); refresh(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sendAll().then(sync); });
  if (navigator.serviceWorker) navigator.serviceWorker.register("/m/worker.js", { scope: "/m/" }).catch(function () {});
  choose("neighbour");
  signal();
  show();
  sender.sweep().then(sendAll).then(sync).catch(function () { id("no-store").hidden = false; });
})();
