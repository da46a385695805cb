/* Small improvements; every page works without this file. No eval, no inline handlers. */
(function () {
  "use strict";
  var KEPT = "hopecare.kept:";
  var SENT = "hopecare.sent";
  var BOUNCED = "hopecare.bounced";

  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  function forget() {
    try { Object.keys(sessionStorage).forEach(function (key) { if (key.indexOf("hopecare.") === 0) sessionStorage.removeItem(key); }); } catch (refused) { /* private mode keeps nothing anyway */ }
  }

  /* D4: leave quickly. The page is replaced, so that "back" does not return to it. */
  each("[data-leave]", function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      forget();
      document.documentElement.hidden = true;
      window.location.replace(link.href);
    });
  });

  /* Text of fields marked data-keep survives an ended session, in this tab only. A form that went through forgets its
     words before the next page could put them back; one that was answered by the log-in page (data-login) does not. */
  function keyOf(field) { return KEPT + location.pathname + "#" + (field.name || field.id); }
  function forgetPage(path) {
    Object.keys(sessionStorage).forEach(function (key) { if (key.indexOf(KEPT + path + "#") === 0) sessionStorage.removeItem(key); });
  }
  try {
    var sent = sessionStorage.getItem(SENT);
    if (sent && !document.querySelector("[data-login]")) {
      if (!document.querySelector(".hc-err") && !sessionStorage.getItem(BOUNCED)) forgetPage(sent);
      sessionStorage.removeItem(SENT);
      sessionStorage.removeItem(BOUNCED);
    } else if (sent) {
      sessionStorage.setItem(BOUNCED, "yes");
    }
    each("[data-keep]", function (field) {
      var kept = sessionStorage.getItem(keyOf(field));
      if (kept && !field.value) field.value = kept;
      field.addEventListener("input", function () { sessionStorage.setItem(keyOf(field), field.value); });
      if (field.form) field.form.addEventListener("submit", function () { sessionStorage.setItem(SENT, location.pathname); });
    });
  } catch (refused) { /* without storage there is nothing to keep */ }
  each("form[action='/logout/']", function (form) { form.addEventListener("submit", forget); });

  /* A form marked data-guard asks before unsaved words are lost. */
  each("form[data-guard]", function (form) {
    var changed = false;
    form.addEventListener("input", function () { changed = true; });
    form.addEventListener("submit", function () { changed = false; });
    window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); event.returnValue = ""; } });
  });

  /* A form sent twice by an impatient finger is sent once. */
  each("form[method='post']", function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      window.setTimeout(function () { delete form.dataset.sent; }, 8000);
    });
  });

  window.addEventListener("pageshow", function () { each("form[data-sent]", function (form) { delete form.dataset.sent; }); });

  /* An error summary takes the focus; a select marked data-go sends its form at once; papers get their button. */
  var summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  each("select[data-go]", function (select) { select.addEventListener("change", function () { select.form.submit(); }); });
  each("[data-print]", function (button) { button.hidden = false; button.addEventListener("click", function () { window.print(); }); });

  /* Fields to be copied get a button; without this they are selected by hand. */
  each("[data-copy]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var field = document.getElementById(button.getAttribute("data-copy")), words = button.firstChild;
      field.select();
      if (navigator.clipboard) navigator.clipboard.writeText(field.value).catch(function () { document.execCommand("copy"); });
      else document.execCommand("copy");
      words.nodeValue = button.getAttribute("data-done");
    });
  });

  /* One open menu at a time; Escape closes it and gives the focus back. */
  document.addEventListener("click", function (event) { each("details.hc-who[open]", function (menu) { if (!menu.contains(event.target)) menu.open = false; }); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") each("details.hc-who[open]", function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
  });
}());
