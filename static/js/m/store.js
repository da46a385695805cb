/* What waits on this telephone, what was sent, its keys, and what they let it keep for reading without signal. Nothing stays longer than seven days.
   Used by the page and by its service worker. */
(function (self) {
  "use strict";
  var NAME = "hopecare-phone";
  var KEPT = 7 * 24 * 3600 * 1000;
  var opened = null;
  var erased = false;
  var line = self.BroadcastChannel ? new BroadcastChannel(NAME) : null;

  /* Pages and the worker share one base. Who hears that all was erased writes nothing more, whatever it is in the midst
     of; the worker outlives its pages and writes again for the next one. */
  if (line) {
    line.onmessage = function (told) {
      if (told.data === "erased") {
        erased = true;
        self.dispatchEvent(new Event("erased"));
      } else if (!self.document) erased = false;
    };
    if (self.document) line.postMessage("begun");
  }

  function open() {
    if (!opened) {
      opened = new Promise(function (done, failed) {
        var asked = indexedDB.open(NAME, 2);
        asked.onupgradeneeded = function () {
          var known = asked.result.objectStoreNames;
          if (!known.contains("waiting")) asked.result.createObjectStore("waiting", { keyPath: "n", autoIncrement: true });
          if (!known.contains("sent")) asked.result.createObjectStore("sent", { keyPath: "code" });
          if (!known.contains("keys")) asked.result.createObjectStore("keys", { keyPath: "name" });
          if (!known.contains("kept")) asked.result.createObjectStore("kept", { keyPath: "name" });
        };
        asked.onsuccess = function () {
          asked.result.onversionchange = function () { asked.result.close(); opened = null; };
          done(asked.result);
        };
        asked.onerror = function () { opened = null; failed(asked.error); };
      });
    }
    return opened;
  }

  function work(name, mode, act) {
    return open().then(function (base) {
      return new Promise(function (done, failed) {
        if (erased && mode === "readwrite") throw new Error("erased");
        var turn = base.transaction(name, mode);
        var asked = act(turn.objectStore(name));
        turn.oncomplete = function () { done(asked && asked.result); };
        turn.onerror = turn.onabort = function () { failed(turn.error); };
      });
    });
  }

  function all(name) { return work(name, "readonly", function (rows) { return rows.getAll(); }); }
  function get(name, key) { return work(name, "readonly", function (rows) { return rows.get(key); }); }
  function put(name, row) { return work(name, "readwrite", function (rows) { return rows.put(row); }); }
  function drop(name, key) { return work(name, "readwrite", function (rows) { return rows.delete(key); }); }

  function clear(name) { return work(name, "readwrite", function (rows) { return rows.clear(); }); }

  /* Forget what is older than seven days; what still waits has its own end (send.js). */
  function sweep() {
    var oldest = Date.now() - KEPT;
    return Promise.all(["sent", "keys", "kept"].map(function (name) {
      return all(name).then(function (rows) {
        return Promise.all(rows.filter(function (row) { return row.at < oldest; }).map(function (row) {
          var was = name === "keys" && row.name === "device" && row.account;
          return drop(name, name === "sent" ? row.code : row.name).then(function () {
            return was ? put("keys", { name: "was", at: Date.now(), account: was }) : null; // whose waiting rows these are
          });
        }));
      });
    }));
  }

  /* Everything goes: the base, the kept pages, this tab's words. */
  function erase() {
    erased = true;
    if (line) line.postMessage("erased");
    var closed = opened ? opened.then(function (base) { base.close(); }) : Promise.resolve();
    opened = null;
    return closed.then(function () {
      return new Promise(function (done) {
        var asked = indexedDB.deleteDatabase(NAME);
        asked.onsuccess = asked.onerror = asked.onblocked = done;
      });
    }).then(function () {
      return self.caches ? caches.keys() : [];
    }).then(function (names) {
      return Promise.all(names.map(function (name) { return caches.delete(name); }));
    });
  }

  /* A key of 128 random bits and more, made before the first attempt. */
  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(20)), function (part) {
      return part.toString(16).padStart(2, "0");
    }).join("");
  }

  self.HopeStore = { all: all, get: get, put: put, drop: drop, clear: clear, sweep: sweep, erase: erase, newKey: newKey, KEPT: KEPT };
})(self);
