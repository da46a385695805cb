/* What is typed into a long form is kept by the server while it is typed: for whoever types it, for this form of this
   case. Every keeping names the version it stands on; a newer one elsewhere is offered, never overwritten. */
(function () {
  "use strict";
  if (window.hopeDrafts) return;
  window.hopeDrafts = true;
  var WAIT = 3000;

  function controls(form) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && !one.hasAttribute("data-unseen") && ["hidden", "submit", "button", "file", "password"].indexOf(one.type) < 0;
    });
  }
  function typed(form) {
    var found = {};
    controls(form).forEach(function (one) {
      if ((one.type === "checkbox" || one.type === "radio") && !one.checked) return;
      var values = one.multiple ? Array.prototype.map.call(one.selectedOptions, function (option) { return option.value; }) : [one.value];
      if (values.join("")) found[one.name] = (found[one.name] || []).concat(values);
    });
    return found;
  }
  function put(form, fields) {
    controls(form).forEach(function (one) {
      var values = fields[one.name] || [];
      if (one.type === "checkbox" || one.type === "radio") one.checked = values.length ? values.indexOf(one.value) >= 0 : one.type === "radio" && !one.value;
      else if (one.multiple) Array.prototype.forEach.call(one.options, function (option) { option.selected = values.indexOf(option.value) >= 0; });
      else one.value = values[0] || "";
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-draft]"), function (box) {
    var form = box.closest("form"), url = box.getAttribute("data-draft");
    var offer = box.querySelector("[data-draft-offer]"), said = box.querySelector("[data-draft-said]");
    var version = null, kept = JSON.stringify(typed(form)), timer = 0, busy = false, over = false, offered = null;

    function send(fields, then) {
      var body = new FormData();
      body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      body.append("version", String(version));
      body.append("fields", JSON.stringify(fields));
      var went = false;
      busy = true;
      fetch(url, { method: "POST", body: body, credentials: "same-origin", redirect: "error", keepalive: true }).then(function (answer) {
        if (answer.status === 409) return look(true);
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json().then(function (told) { version = told.version; went = true; then(); });
      }).catch(function () { kept = ""; /* the words stay in the tab; the next ones try again */ }).then(function () {
        busy = false;
        if (went && JSON.stringify(typed(form)) !== kept) plan();
      });
    }
    function keep() {
      var fields = typed(form), now = JSON.stringify(fields);
      window.clearTimeout(timer);
      timer = 0;
      if (over || busy || offered || version === null || now === kept) return;
      kept = now;
      send(fields, function () { box.hidden = false; said.textContent = "✓ " + said.getAttribute("data-kept"); });
    }
    function plan() {
      if (!timer && !over && !offered) timer = window.setTimeout(keep, WAIT);
    }
    function look(newer) {
      return fetch(url, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      }).then(function (told) {
        version = told.version;
        if (newer) kept = JSON.stringify(told.fields);
        var there = JSON.stringify(told.fields) !== "{}" && JSON.stringify(told.fields) !== JSON.stringify(typed(form));
        if (!there || (!newer && document.querySelector(".hc-err"))) {
          if (JSON.stringify(typed(form)) !== kept) plan(); /* typed while the answer was on its way */
          return;
        }
        offered = told.fields;
        box.querySelector("[data-draft-at]").textContent = told.at;
        said.textContent = "";
        var fold = box.closest("details");
        if (fold) fold.open = true; /* an offer in a closed fold would never be seen */
        offer.hidden = box.hidden = false;
      });
    }
    function decided() {
      offered = null;
      offer.hidden = true;
    }

    box.querySelector("[data-draft-take]").addEventListener("click", function () {
      var fields = offered;
      decided();
      kept = JSON.stringify(fields);
      put(form, fields);
    });
    box.querySelector("[data-draft-drop]").addEventListener("click", function () {
      decided();
      kept = "{}";
      send({}, function () { said.textContent = ""; });
    });
    form.addEventListener("input", plan);
    form.addEventListener("change", plan);
    form.addEventListener("submit", function () { over = true; window.clearTimeout(timer); });
    window.addEventListener("pageshow", function () { over = false; });
    document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") keep(); });
    look(false).catch(function () { /* signed out or without net: the tab keeps the words */ });
  });
}());
