{% load static %}/* The phone app's service worker: keeps the shell, sends what waits when signal returns. Nothing private is cached. */
"use strict";
{% for file in code %}importScripts("{% static file %}");
{% endfor %}var SHELL = "hopecare-shell-{{ version }}";
var FILES = [{% for file in files %}"{% static file %}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(SHELL).then(function (kept) {
    return kept.addAll(FILES.concat(["/m/"]));
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== SHELL; }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.HopeStore.sweep(); }).then(function () { return self.clients.claim(); }));
});

function page(request) {
  var asked = fetch(request).then(function (answer) {
    if (answer.ok) {
      var copy = answer.clone();
      caches.open(SHELL).then(function (kept) { return kept.put("/m/", copy); });
    }
    return answer;
  });
  var patience = new Promise(function (done) { setTimeout(done, 4000); });
  return Promise.race([asked, patience]).catch(function () {}).then(function (answer) {
    return answer || caches.match("/m/").then(function (kept) { return kept || asked; });
  });
}

self.addEventListener("fetch", function (event) {
  var address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === "/m/") {
    event.respondWith(page(event.request));
  } else if (address.pathname.indexOf("/static/") === 0) {
    event.respondWith(caches.match(event.request).then(function (kept) { return kept || fetch(event.request); }));
  }
});

/* With the page open the page sends, in sight. A refusal here makes the browser ask again later. */
self.addEventListener("sync", function (event) {
  if (event.tag !== "hopecare-send") return;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(function (open) {
    if (open.length) throw new Error("the page sends");
    return self.HopeSend.all();
  }).then(function (again) {
    if (again) throw new Error("later");
  }));
});

/* A question or a notice came. What it is about stands nowhere but in the app; the server hears that it was shown, so that no text follows. */
self.addEventListener("push", function (event) {
  var told = {};
  try { told = event.data.json(); } catch (unreadable) { told = {}; }
  var notice = told.open === "notices";
  event.waitUntil(self.registration.showNotification(notice ? "{{ noticed|escapejs }}" : "{{ wanted|escapejs }}", {
    body: notice ? "{{ look|escapejs }}" : "{{ please|escapejs }}", lang: "{{ language }}", icon: "{% static "img/app-192.png" %}", tag: told.open || "hopecare", data: { open: told.open || "" }
  }).then(function () {
    return told.id && self.HopeSend.access().then(function (token) {
      return self.HopeSend.ask("POST", "/me/push/" + encodeURIComponent(told.id) + "/shown", undefined, { Authorization: "Bearer " + token });
    });
  }).catch(function () {}));
});

/* The browser changed its address: the server hears of the new one at once, with no page open, if whoever is signed in has chosen pushes. What fails here is healed when the app is opened. */
self.addEventListener("pushsubscriptionchange", function (event) {
  event.waitUntil(self.HopeStore.get("keys", "push").then(function (chosen) {
    if (!chosen) throw new Error("not chosen");
    return self.HopeSend.access();
  }).then(function (token) {
    var headers = { Authorization: "Bearer " + token };
    return Promise.resolve(event.newSubscription || self.HopeSend.ask("GET", "/me/push", undefined, headers).then(function (told) {
      return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: told.public_key });
    })).then(function (made) {
      var told = made.toJSON();
      return self.HopeSend.ask("PUT", "/me/push", { endpoint: told.endpoint, keys: { p256dh: told.keys.p256dh, auth: told.keys.auth } }, headers);
    });
  }).catch(function () {}));
});

self.addEventListener("notificationclick", function (event) {
  var screen = /^(visit:[\w-]+|notices)$/.test(event.notification.data.open) ? event.notification.data.open : "visits";
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(function (open) {
    if (!open.length) return self.clients.openWindow("/m/#" + screen);
    open[0].postMessage({ open: screen });
    return open[0].focus();
  }).catch(function () {}));
});
