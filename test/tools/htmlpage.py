# htmlpage.py PAGE: reads a report as HTML and fails unless it is well formed and self-contained: elements nest and are closed, all are
# known and are where they are allowed, no attribute or id occurs twice, every link leads to an id, nothing is fetched, there are no control
# characters. Prints its outline: headings, the list of contents, captions of tables with their rows and what is folded.
import html.parser
import re
import sys

VOID = {"meta", "link", "img", "br", "hr"}
SVG = {"svg", "g", "path", "polyline", "polygon", "line", "rect", "circle", "text", "title"}
KNOWN = VOID | SVG | {"html", "head", "title", "style", "script", "body", "main", "nav", "ul", "li", "a", "h1", "h2", "h3", "p", "div", "dl",
                      "dt", "dd", "details", "summary", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption",
                      "span", "b"}
PHRASING = {"a", "b", "span", "code", "img", "br", "svg"}  # allowed in a paragraph, a heading, a summary
PARENTS = {"li": {"ul"}, "dt": {"dl"}, "dd": {"dl"}, "tr": {"thead", "tbody"}, "th": {"tr"}, "td": {"tr"}, "thead": {"table"}, "tbody": {"table"},
           "summary": {"details"}, "figcaption": {"figure"}}


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.problems, self.lines = [], set(), [], [], []
        self.text, self.rows, self.cells, self.width = None, 0, 0, 0

    def bad(self, why):
        self.problems.append("line %d: %s" % (self.getpos()[0], why))

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        given = dict(attributes)
        parent = self.open[-1] if self.open else None
        if tag not in KNOWN:
            self.bad("<%s>" % tag)
        if len(set(names)) != len(names):
            self.bad("an attribute of <%s> is there twice" % tag)
        if parent in ("p", "h1", "h2", "h3", "summary", "span", "b", "code") and tag not in PHRASING:
            self.bad("<%s> in <%s>" % (tag, parent))
        if tag in PARENTS and parent not in PARENTS[tag]:
            self.bad("<%s> in <%s>" % (tag, parent))
        if parent == "details" and tag != "summary" and not self.summarised:
            self.bad("<details> without a <summary> at its front")
        if "id" in given:
            if given["id"] in self.ids or not re.fullmatch(r"[^\s]+", given["id"]):
                self.bad("the id %s" % given["id"])
            self.ids.add(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        for name in ("src", "href", "action", "poster", "data"):
            if name in given and not given[name].startswith(("data:", "#")):
                self.bad("%s=%s" % (name, given[name]))
        if any(name.startswith("on") for name in names):
            self.bad("<%s> with a handler" % tag)
        if tag == "img" and not given.get("alt"):
            self.bad("an image without a text")
        if tag in ("h1", "h2", "h3", "a", "summary") or (tag == "p" and given.get("class") in ("caption", "title")):
            self.text = [tag if tag != "p" else given["class"], ""]
        if tag == "tr":
            self.rows += 1
            self.cells = 0
        if tag in ("td", "th"):
            self.cells += 1
        if tag == "table":
            self.rows, self.width = 0, 0
        if tag == "details":
            self.summarised = False
        if tag == "summary":
            self.summarised = True
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in VOID or not self.open or self.open[-1] != tag:
            return self.bad("</%s> closes <%s>" % (tag, self.open[-1] if self.open else ""))
        self.open.pop()
        if self.text and tag in ("h1", "h2", "h3", "a", "summary", "p"):
            mark = {"h1": "# ", "h2": "## ", "h3": "### ", "a": "link: ", "summary": "folded: ", "caption": "table: ", "title": "card: "}
            self.lines.append(mark[self.text[0]] + self.text[1].strip())
            self.text = None
        if tag == "tr":
            if self.width not in (0, self.cells):
                self.bad("a row of %d cells in a table of %d columns" % (self.cells, self.width))
            self.width = self.cells
        if tag == "table":
            self.lines.append("rows: %d" % (self.rows - 1))
        if tag == "details":
            self.lines.append("end of folded")
            self.summarised = True

    def handle_data(self, data):
        if self.text:
            self.text[1] += data

    def unknown_decl(self, data):
        self.bad("<![%s" % data)


def main():
    text = open(sys.argv[1], "rb").read().decode("utf-8")
    reader = Reader()
    if not text.startswith("<!DOCTYPE html>\n"):
        reader.problems.append("no doctype")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", text):
        reader.problems.append("control characters")
    if re.search(r"url\(|@import|https?://(?!www\.w3\.org/)", re.sub(r"<pre>.*?</pre>", "", text, flags=re.S)):
        reader.problems.append("an address")
    reader.feed(text)
    reader.close()
    reader.problems += ["<%s> is not closed" % tag for tag in reader.open]
    reader.problems += ["the link %s leads nowhere" % link for link in reader.links if link[1:] not in reader.ids]
    print("\n".join(reader.lines))
    for problem in reader.problems:
        print(problem)
    print("bad" if reader.problems else "good")
    return 1 if reader.problems else 0


sys.exit(main())
