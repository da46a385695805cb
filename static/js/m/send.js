/* What waits goes out once, in order, when there is signal. One sender at a time, whichever page or worker it is. */
(function (self) {
  "use strict";
  var API = "/api/v1";
  var PART = 256 * 1024;
  var TRIES = 3, SHORT = 30 * 1000, PAUSE = 5 * 60 * 1000, LONGEST = 15 * 60 * 1000;
  var store = self.HopeStore;

  function ask(method, path, body, headers) {
    var given = Object.assign({}, headers);
    if (self.HopeSend.language) given["Accept-Language"] = self.HopeSend.language;
    if (body !== undefined && !(body instanceof Blob)) {
      body = JSON.stringify(body);
      given["Content-Type"] = "application/json";
    }
    return fetch(API + path, { method: method, body: body, headers: given, credentials: "omit", cache: "no-store" });
  }

  /* Later: what the server asks to wait for, or a lost signal. Anything else that is refused needs a person. */
  function Later(seconds, status) { this.seconds = seconds; this.status = status; }
  function Refused(words, status) { this.words = words; this.status = status; }

  function answer(response) {
    if (response.ok) return response.status === 204 ? null : response.json().catch(function () { throw new Later(30, response.status); });
    if ([409, 429, 500, 502, 503, 504].indexOf(response.status) >= 0) {
      throw new Later(Number(response.headers.get("Retry-After")) || 30, response.status);
    }
    return response.json().catch(function () { throw new Later(30, response.status); }).then(function (problem) {
      var first = problem.errors && problem.errors[0];
      throw new Refused(first ? first.detail : problem.detail, response.status);
    });
  }

  function reach(method, path, body, headers) {
    return ask(method, path, body, headers).catch(function () { throw new Later(0); }).then(answer);
  }

  /* One photo, from where it stopped the last time. */
  function upload(row, photo) {
    function from(known) {
      photo.id = known.id;
      if (known.done) { photo.done = true; return store.put("waiting", row); }
      var part = photo.blob.slice(known.offset, known.offset + PART, "application/octet-stream");
      var headers = { "Content-Type": "application/octet-stream", "Upload-Offset": String(known.offset) };
      return reach("PATCH", "/uploads/" + known.id, part, headers).then(from);
    }
    function begin() {
      return reach("POST", "/uploads", { size: photo.blob.size }).then(function (known) {
        photo.id = known.id;
        return store.put("waiting", row).then(function () { return from(known); });
      });
    }
    if (photo.done) return Promise.resolve();
    if (!photo.id) return begin();
    return reach("GET", "/uploads/" + photo.id).then(from, function (why) {
      if (why instanceof Refused && why.status === 404) return begin();
      throw why;
    });
  }

  /* Something a signed-in telephone was told to do; the answer takes the place of what it knew of it. */
  function act(row) {
    return bearer(row).then(function (headers) {
      return reach(row.method, row.path, row.body, Object.assign(headers, row.headers));
    }).then(function (told) {
      var fresh = told && told.offer ? told.offer : told;
      if (!row.keeps) return null;
      return store.get("kept", row.keeps).then(function (kept) {
        if (!kept || !fresh) return null;
        kept.items = kept.items.map(function (one) { return one.id === fresh.id ? fresh : one; });
        return store.put("kept", kept);
      });
    }).then(function () { return store.drop("waiting", row.n); });
  }

  function send(row) {
    if (row.path) return act(row);
    var photos = row.photos || [];
    return photos.reduce(function (before, photo) {
      return before.then(function () { return upload(row, photo); });
    }, Promise.resolve()).then(function () {
      return bearer(row);
    }).then(function (headers) {
      headers["Idempotency-Key"] = row.key;
      var ids = photos.map(function (photo) { return photo.id; });
      return reach("POST", "/reports", Object.assign({}, row.body, { photos: ids }), headers);
    }).then(function (receipt) {
      var kept = { code: receipt.code, at: Math.max(row.at, Date.now() - store.KEPT + 24 * 3600 * 1000), title: row.title, promised: receipt.promised_by, status: receipt.status, signed: row.signed, owner: row.owner };
      return store.put("sent", kept).then(function () { return store.drop("waiting", row.n); }).then(function () { return receipt; });
    });
  }

  /* A report of a round is told as its registered reporter; everything else has no name. */
  function bearer(row) {
    if (!row.signed) return Promise.resolve({});
    return access(row.owner || "").then(function (token) { return { Authorization: "Bearer " + token }; });
  }

  /* Whose telephone this is: who is signed in, or who was when the keys lapsed. What somebody else left here is neither
     sent nor shown; it goes with its time, or out when they sign in again. */
  function owner() {
    return Promise.all([store.get("keys", "device"), store.get("keys", "was")]).then(function (found) {
      return (found[0] || found[1] || {}).account || "";
    });
  }

  function own(name) {
    return Promise.all([store.all(name), owner()]).then(function (found) {
      return found[0].filter(function (row) { return !row.signed || (row.owner || "") === found[1]; });
    });
  }

  /* What was written before anybody had signed in here belongs to the first who does; and what is theirs stays so when
     the server calls them by a newer mark. */
  function adopt(account, before) {
    return Promise.all(["waiting", "sent"].map(function (name) {
      return store.all(name).then(function (rows) {
        return Promise.all(rows.filter(function (row) { return row.signed && (row.owner || "") === before; }).map(function (row) {
          row.owner = account;
          return store.put(name, row);
        }));
      });
    }));
  }

  function lapse() {
    return owner().then(function (account) {
      return Promise.all([store.clear("keys"), store.clear("kept")]).then(function () {
        return account ? store.put("keys", { name: "was", at: Date.now(), account: account }) : null;
      });
    });
  }

  /* `renewed`: by the key of the telephone itself, so that it is still the same person. */
  function keep(tokens, renewed) {
    var until = Date.now() + (tokens.expires_in - 30) * 1000;
    var row = { name: "device", at: Date.now(), until: until, device: tokens.device };
    row.access = tokens.access_token;
    row.refresh = tokens.refresh_token;
    row.account = tokens.account;
    return owner().then(function (before) {
      if (before === row.account) return null;
      return !before || renewed ? adopt(row.account, before) : Promise.all([store.clear("keys"), store.clear("kept")]);
    }).then(function () {
      return Promise.all([store.put("keys", row), store.drop("keys", "was")]);
    }).then(function () { return row.access; });
  }

  /* An access token that holds, renewed by one at a time. `of`: only if it is theirs. */
  function access(of) {
    return alone("hopecare-keys", function () {
      return store.get("keys", "device").then(function (row) {
        if (!row || (of !== undefined && (row.account || "") !== of)) throw new Refused("", 401);
        if (row.until > Date.now()) return row.access;
        return reach("POST", "/auth/tokens", { refresh_token: row.refresh }).then(function (tokens) { return keep(tokens, true); }, function (why) {
          if (!(why instanceof Refused)) throw why;
          return lapse().then(function () { throw why; });
        });
      });
    });
  }

  function alone(name, act) {
    return navigator.locks ? navigator.locks.request(name, act) : act();
  }

  /* The first that may go. What was passed over, and what came after it about the same subject, waits. */
  function due(rows, passed) {
    var held = {};
    return rows.filter(function (row) {
      if (row.refused || row.round) return false;
      var free = !passed[row.n] && !(row.later > Date.now()) && !held[row.about];
      if (!free && row.about) held[row.about] = true;
      return free;
    })[0];
  }

  function paused(row, pause) {
    row.later = Date.now() + Math.min(pause, LONGEST);
    return write(row);
  }

  /* During a try it may have been given somebody's mark, or taken away. */
  function write(row) {
    return store.get("waiting", row.n).then(function (now) {
      if (!now) return null;
      if (now.owner) row.owner = now.owner;
      return store.put("waiting", row);
    });
  }

  /* Returns when to try again ({after: seconds, cut: no signal}), or null when nothing waits any more. `told` hears of
     every step. One that fails again and again is passed over for a while, so that it does not hold back the others. */
  function all(told) {
    told = told || function () {};
    var passed = {}, unheard = null;

    function next() {
      return own("waiting").then(function (rows) {
        var row = due(rows, passed);
        if (!row) return rest(rows);
        told(row);
        return send(row).then(function (receipt) {
          var before = unheard;
          unheard = null;
          if (before) before.alone = (before.alone || 0) + 1; // there is signal: it alone does not go through
          return (before ? paused(before, SHORT * before.alone * before.alone) : Promise.resolve()).then(function () { return told(null, receipt); }).then(next);
        }, function (why) { return failed(row, why); });
      });
    }

    function rest(rows) {
      var waits = rows.filter(function (row) { return !row.refused && !row.round; });
      if (!waits.length) return null;
      if (unheard) return { after: 5, cut: true };
      var soonest = Math.min.apply(null, waits.map(function (row) { return row.later || Infinity; }));
      return { after: Math.max(5, Math.min((soonest - Date.now()) / 1000, 900)), cut: false };
    }

    function failed(row, why) {
      if (why instanceof Refused) {
        row.refused = why.words || String(why.status);
        row.status = why.status;
        return write(row).then(function () { told(null); return next(); });
      }
      var later = why instanceof Later ? why : new Later(30), cut = !later.seconds;
      var stops = { after: Math.max(later.seconds, 5), cut: cut };
      if (later.status === 429) return stops;
      row.tries = (row.tries || 0) + 1;
      if (!cut) row.failures = (row.failures || 0) + 1; // a lost signal is no fault of the row
      return (cut || row.tries < TRIES ? write(row) : paused(row, row.failures < TRIES ? SHORT : PAUSE * (row.failures - TRIES + 1))).then(function () {
        if (row.tries < TRIES || (cut && unheard)) return stops;
        passed[row.n] = true;
        if (cut) unheard = row; // no signal, or its fault: another one that goes through will tell
        told(null);
        return next();
      });
    }
    return alone("hopecare-sending", next);
  }

  /* What is older than seven days goes. What still waits is tried once more before, and that it was never sent is kept: how much, nothing of what. */
  function sweep() {
    function old(rows) { return rows.filter(function (row) { return row.at < Date.now() - store.KEPT; }); }
    return store.sweep().then(function () { return store.all("waiting"); }).then(function (rows) {
      return old(rows).length ? all().catch(function () {}) : null;
    }).then(function () {
      return alone("hopecare-sending", function () {
        return Promise.all([store.all("waiting"), store.get("sent", "unsent"), own("waiting")]).then(function (found) {
          var lost = old(found[2]);
          return Promise.all(old(found[0]).map(function (row) { return store.drop("waiting", row.n); })).then(function () {
            return lost.length && store.put("sent", { code: "unsent", at: Date.now(), lost: lost.length + (found[1] ? found[1].lost : 0) });
          });
        });
      });
    });
  }

  self.HopeSend = { all: all, own: own, owner: owner, lapse: lapse, sweep: sweep, TRIES: TRIES, ask: reach, access: access, keep: keep, Refused: Refused, Later: Later };
})(self);
