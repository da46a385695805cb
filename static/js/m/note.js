/* A note for a household's case: about all of them or about one alone, kept until there is signal; what the server
   refused, as when somebody has left the household, comes back into the form and is lost nowhere. */
(function (self) {
  "use strict";
  var store = self.HopeStore, page = self.HopePage;
  var id = page.id, each = page.each, say = page.say, make = page.make;
  var words = id("field-words").dataset;
  var form = id("contact");
  var house = "", about = {}, back = null, anew = {}, begun = {};

  function path() { return "/field/households/" + house + "/contacts"; }

  /* Whom a note is about: the household unless one was chosen. Who was chosen stays, also when the card has changed: the
     server says so, and no word of one becomes the household's unseen. `null`: it is to be chosen anew. */
  function askWhom(one) {
    var people = (one.about || []).slice(), box = id("contact-about");
    if (about.house !== one.case) about = { house: one.case, id: "", name: "" };
    if (about.id && !people.some(function (person) { return person.id === about.id; })) people.push(about);
    box.hidden = !people.length;
    page.list(box.querySelector("ul"), people.length ? [{ id: "", name: box.dataset.all }].concat(people) : [], function (person) {
      var row = make("li"), field = make("input"), label = make("label", "hc-pick bare");
      field.type = "radio"; field.name = "person"; field.value = person.id; field.id = label.htmlFor = "about-" + person.id;
      label.append(make("span", "", person.name));
      row.append(field, label);
      return row;
    });
    each("input", function (field) { field.checked = field.value === String(about.id); }, box);
  }

  /* Words begun about one household are not another one's. */
  page.noteOf = function (which) {
    say(id("contact-said"), "");
    if (!which || which === house) return;
    begun[house] = { words: form.elements.words.value, about: about };
    house = which;
    form.reset();
    form.elements.words.value = begun[house] ? begun[house].words : "";
    about = begun[house] ? begun[house].about : {};
  };

  page.note = function (card, pending) {
    askWhom(card);
    back = pending.filter(function (row) { return row.refused && row.status !== 401 && row.n !== anew.n && row.path === path(); })[0];
    id("contact-refused").hidden = !back;
    page.fill(id("contact-refused"), { why: back ? back.refused : "", said: back ? back.body.words : "" });
  };

  id("contact-about").addEventListener("change", function (event) {
    about = { house: house, id: Number(event.target.value) || "", name: event.target.parentNode.textContent };
  });

  /* What was refused comes back into the form, about nobody yet; it is kept until the new one is. */
  id("contact-refused").querySelector("button").addEventListener("click", function () {
    if (!back) return;
    form.elements.words.value = [form.elements.words.value, back.body.words].filter(Boolean).join("\n");
    form.elements.way.value = back.body.way;
    about = { house: house, id: back.body.person ? null : "", name: "" };
    anew = back;
    page.redraw().then(function () { form.elements.words.focus(); });
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var text = form.elements.words.value.trim(), way = form.elements.way.value, chosen = about;
    var lack = !text && way !== "no_answer" ? words.wordsPlease : chosen.id === null && !id("contact-about").hidden ? words.aboutPlease : "";
    say(id("contact-said"), "");
    say(id("contact-error"), lack);
    if (lack) return;
    var body = { way: way, words: text };
    if (chosen.id) body.person = chosen.id;
    var row = { at: Date.now(), title: [words.noteOf, house].join(" · "), signed: true, method: "POST", path: path(), headers: { "Idempotency-Key": store.newKey() }, body: body };
    page.once(form, function () {
      form.reset();
      about = {};
      return page.send([row]).then(function () {
        say(id("contact-said"), words.noted);
        return anew.path === row.path ? store.drop("waiting", anew.n) : null;
      }, function () {
        if (!form.elements.words.value) form.elements.words.value = text;
        form.elements.way.value = way;
        about = chosen;
        say(id("contact-error"), page.words.noRoom);
      }).then(page.redraw);
    });
  });
})(self);
