"use strict";
(function () {
  var nodes = JSON.parse(document.getElementById("nodes").textContent);
  var side = document.getElementById("chain"), steps = document.getElementById("steps"), from = null;
  function line(tag, name, text) { var one = document.createElement(tag); one.className = name; one.textContent = text; return one; }
  function build(at, open) {
    var node = nodes[at], box = document.createElement("details"), head = document.createElement("summary");
    head.appendChild(line("b", "", node.v)); head.appendChild(document.createTextNode(node.l)); box.appendChild(head); box.open = open;
    if (node.f) box.appendChild(line("span", "f", "算式：" + node.f));
    if (node.s) box.appendChild(line("span", "s", "来源：" + node.s));
    if (node.t) box.appendChild(line("span", "s", "核对：" + node.t));
    if (node.n) box.appendChild(line("span", "s", "说明：" + node.n));
    var filled = false;
    function fill() { if (!filled && box.open) { filled = true; (node.c || []).forEach(function (one) { box.appendChild(build(one, false)); }); } }
    box.addEventListener("toggle", fill); fill();
    return box;
  }
  function show(link) {
    if (from) from.classList.remove("here");
    from = link; link.classList.add("here");
    steps.replaceChildren(build(Number(link.dataset.n), true)); side.hidden = false;
  }
  function close() { side.hidden = true; if (from) { from.classList.remove("here"); from.focus(); } }
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a.n[data-n]") : null;
    if (link) { event.preventDefault(); show(link); }
  });
  document.getElementById("close").addEventListener("click", close);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") close();
    if (event.key === "/" && event.target.tagName !== "INPUT") { event.preventDefault(); find.focus(); }
  });
  // Finding: every place with the words is marked; Enter goes to the next, Shift+Enter to the one before.
  var find = document.getElementById("find"), found = document.getElementById("found"), marks = [], at = -1;
  function clear() { marks.forEach(function (one) { var up = one.parentNode; up.replaceChild(document.createTextNode(one.textContent), one); up.normalize(); }); marks = []; at = -1; }
  function search() {
    clear(); var wanted = find.value.trim(); found.textContent = ""; if (!wanted) return;
    var walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), texts = [], one;
    while ((one = walker.nextNode())) if (one.data.toLowerCase().indexOf(wanted.toLowerCase()) >= 0) texts.push(one);
    texts.forEach(function (text) {
      var place;
      while ((place = text.data.toLowerCase().indexOf(wanted.toLowerCase())) >= 0) {
        var hit = text.splitText(place), rest = hit.splitText(wanted.length), mark = document.createElement("mark");
        mark.textContent = hit.data; hit.parentNode.replaceChild(mark, hit); marks.push(mark); text = rest;
      }
    });
    found.textContent = marks.length ? "找到 " + marks.length + " 处" : "没有找到";
    if (marks.length) go(1);
  }
  function go(step) { if (!marks.length) return; at = (at + step + marks.length) % marks.length; marks[at].scrollIntoView({ block: "center" }); found.textContent = "第 " + (at + 1) + " 处，共 " + marks.length + " 处"; }
  find.addEventListener("input", search);
  find.addEventListener("keydown", function (event) { if (event.key === "Enter") go(event.shiftKey ? -1 : 1); });
  // A link to a number opens its chain: page.html#key=energy.total
  function asked() {
    if (location.hash.indexOf("#key=") !== 0) return;
    var wanted = decodeURIComponent(location.hash.slice(5));
    var link = Array.prototype.find.call(document.querySelectorAll("a.n[data-key]"), function (one) { return one.dataset.key === wanted; });
    if (link) { link.scrollIntoView({ block: "center" }); show(link); }
  }
  window.addEventListener("hashchange", asked);
  asked();
})();
