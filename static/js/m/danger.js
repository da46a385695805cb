/* Words of danger are judged here too, by the list that the server uses: without signal the numbers stand first as well (D13). */
(function (self) {
  "use strict";
  var page = self.HopePage;
  var box = page.id("danger"), numbers = page.id("ring");
  var usual = Array.prototype.slice.call(numbers.children);

  function listed(words) { return words ? words.split("|") : []; }

  function fits(line, text) {
    var close = text.replace(/\s+/g, ""), small = text.toLowerCase();
    return listed(line.dataset.ko).some(function (word) { return close.indexOf(word) >= 0; }) ||
      listed(line.dataset.en).some(function (words) {
        return new RegExp("\\b" + words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "\\b").test(small);
      });
  }

  /* The box with the fitting numbers first; `urgent`: whoever tells it says so themselves. */
  page.ring = function (text, urgent) {
    text = text.normalize("NFC");
    var first = usual.filter(function (line) { return fits(line, text); });
    var others = usual.filter(function (line) { return first.indexOf(line) < 0; });
    numbers.replaceChildren.apply(numbers, first.concat(others));
    box.hidden = !first.length && !urgent;
  };
  /* Everything in a report that a person wrote. */
  page.wordsOf = function (body) { return [body.words, body.reporter.safe_when, body.reporter.safe_say, body.place.words].filter(Boolean).join("\n"); };
  page.ringAnyway = function () { box.hidden = false; };
})(self);
