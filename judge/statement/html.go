package statement

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// parents are the elements that are shown, each with those that it may stand
// directly in; "" is anywhere but between the parts of a table.
var parents = map[string][]string{
	"sup": {""}, "sub": {""}, "br": {""}, "table": {""},
	"caption": {"table"}, "colgroup": {"table"}, "col": {"table", "colgroup"},
	"thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"}, "tr": {"table", "thead", "tbody", "tfoot"},
	"td": {"tr"}, "th": {"tr"},
}

// ends are the elements that an opening tag ends when they are open, as HTML
// lets their closing tags be left out.
var ends = map[string][]string{
	"td": cells, "th": cells, "tr": rows, "thead": sections, "tbody": sections, "tfoot": sections,
}

var (
	cells    = []string{"td", "th"}
	rows     = []string{"td", "th", "tr", "colgroup"}
	sections = []string{"td", "th", "tr", "colgroup", "thead", "tbody", "tfoot"}
)

func isVoid(name string) bool   { return name == "br" || name == "col" }
func isInline(name string) bool { return name == "sup" || name == "sub" || name == "br" }

// holds says whether an element has text, and not only parts of a table.
func holds(name string) bool {
	return name == "" || isInline(name) || slices.Contains(cells, name) || name == "caption"
}

// instead is what to write in Markdown for elements that are often met.
var instead = map[string]string{
	"b": "write **bold**", "strong": "write **bold**", "i": "write *italic*", "em": "write *italic*",
	"code": "write `code`", "tt": "write `code`", "pre": "put ``` on the lines around it", "img": "write ![what it shows](file.png)",
	"a": "write [text](address)", "ul": `begin the lines with "- "`, "ol": `begin the lines with "1. "`, "li": `begin the line with "- "`,
	"p": "leave a line empty", "hr": "write ---", "h1": "write # Heading", "h2": "write ## Heading", "h3": "write ### Heading",
}

// maxOpen bounds what is open at once.
const maxOpen = 100

const onlyThese = `write \< where a < is meant; of HTML only sup, sub, br and tables are shown`

// token is a piece of HTML as it was written.
type token struct {
	kind  html.TokenType
	name  string // of a tag
	raw   string
	text  string // of text, without entities
	attrs []html.Attribute
	line  int
	shown bool   // the tag is let through
	ended string // the closing tags that it makes necessary before it
}

// String is the token as the page has it.
func (t *token) String() string {
	switch {
	case t.kind == html.TextToken:
		return html.EscapeString(t.text)
	case t.kind == html.CommentToken && t.shown:
		return ""
	case !t.shown:
		return html.EscapeString(t.raw)
	case t.kind == html.EndTagToken:
		return t.ended + "</" + t.name + ">"
	}
	var b strings.Builder
	b.WriteString(t.ended + "<" + t.name)
	for _, a := range t.attrs {
		fmt.Fprintf(&b, ` %s="%s"`, a.Key, html.EscapeString(a.Val))
	}
	b.WriteString(">")
	return b.String()
}

// tokens takes raw HTML apart; line is that of its beginning.
func tokens(raw string, line int) []*token {
	var out []*token
	z := html.NewTokenizer(strings.NewReader(raw))
	for {
		kind := z.Next()
		if kind == html.ErrorToken && z.Err() == io.EOF && len(z.Raw()) == 0 {
			return out
		}
		t := &token{kind: kind, raw: string(z.Raw()), line: line}
		if kind == html.ErrorToken { // a tag that does not end
			return append(out, t)
		}
		tok := z.Token()
		switch kind {
		case html.TextToken:
			t.text = tok.Data
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t.name, t.attrs = tok.Data, tok.Attr
		}
		out = append(out, t)
		line += strings.Count(t.raw, "\n")
	}
}

// nesting is what is open between the children of one node. Everything else
// among these children is complete in itself, so a tag that is closed among
// them is closed in the right place.
type nesting struct {
	d    *document
	open []*token
	seen map[string]bool // elements that were noted when they began
}

func (n *nesting) top() string {
	if len(n.open) == 0 {
		return ""
	}
	return n.open[len(n.open)-1].name
}

// add decides about one token; block says that it stands in a block of HTML.
func (n *nesting) add(t *token, block bool) {
	switch t.kind {
	case html.TextToken:
	case html.CommentToken:
		comment := strings.HasPrefix(t.raw, "<!--")
		t.shown = comment && (strings.HasSuffix(t.raw, "-->") || strings.HasSuffix(t.raw, "--!>"))
		switch {
		case t.shown:
		case comment:
			n.asText(t, "end the comment with -->")
		default:
			n.asText(t, onlyThese)
		}
	case html.EndTagToken:
		n.end(t)
	case html.StartTagToken, html.SelfClosingTagToken:
		n.begin(t, block)
	default:
		n.asText(t, onlyThese)
	}
}

func (n *nesting) begin(t *token, block bool) {
	within, known := parents[t.name]
	switch {
	case !known:
		hint := instead[t.name]
		if hint == "" || slices.ContainsFunc(t.attrs, func(a html.Attribute) bool { return a.Val == "" }) {
			hint = onlyThese // "if a<b and c>d" means no tag
		}
		n.asText(t, hint)
		return
	case !block && !isInline(t.name):
		n.asText(t, "begin the table on a line of its own")
		return
	case len(n.open) >= maxOpen:
		n.asText(t, "nest less deeply")
		return
	}
	for slices.Contains(ends[t.name], n.top()) {
		t.ended += n.pop()
	}
	if top := n.top(); within[0] == "" && !holds(top) || within[0] != "" && !slices.Contains(within, top) {
		n.asText(t, "put it into "+where(within))
		return
	}
	t.shown = true
	if !isVoid(t.name) {
		n.open = append(n.open, t)
	}
}

// where says where an element belongs.
func where(within []string) string {
	if within[0] == "" {
		return "a cell of the table"
	}
	return "<" + within[0] + ">"
}

func (n *nesting) pop() string {
	name := n.top()
	n.open = n.open[:len(n.open)-1]
	return "</" + name + ">"
}

// end closes the element that a closing tag names, and what is open in it.
func (n *nesting) end(t *token) {
	at := -1
	for i := len(n.open) - 1; i >= 0 && at < 0; i-- {
		if n.open[i].name == t.name {
			at = i
		} else if n.open[i].name == "table" {
			break
		}
	}
	if at < 0 || isVoid(t.name) {
		n.asText(t, "remove it, or write the tag that begins it: nothing of this name is open here")
		return
	}
	n.dropInline(at + 1)
	for len(n.open) > at+1 {
		t.ended += n.pop()
	}
	t.shown = true
	n.open = n.open[:at]
}

// dropInline shows sup and sub that are still open from a place on as text: they
// end where the text ends that they stand in.
func (n *nesting) dropInline(from int) {
	n.open = append(n.open[:from], slices.DeleteFunc(slices.Clone(n.open[from:]), func(t *token) bool {
		if !isInline(t.name) {
			return false
		}
		t.shown = false
		n.asText(t, "close it with </"+t.name+"> in the same paragraph; write \\< where a < is meant")
		return true
	})...)
}

// closeAll ends what is open at the end; tables are told of.
func (n *nesting) closeAll() (ended string) {
	n.dropInline(0)
	for len(n.open) > 0 {
		if t := n.open[len(n.open)-1]; t.name == "table" {
			n.d.note(t.line, "write </table> at its end", "a table is not closed")
		}
		ended += n.pop()
	}
	return ended
}

// asText notes that a tag is shown as it is written. Of elements that nothing is
// known of the end needs no second word.
func (n *nesting) asText(t *token, hint string) {
	if t.kind == html.EndTagToken && n.seen[t.name] {
		return
	}
	n.seen[t.name] = true
	n.d.note(t.line, hint, "%s is shown as text", quoted(t.raw))
}

// quoted is the beginning of a tag, on one line.
func quoted(raw string) string {
	const most = 40
	s := []rune(words(raw))
	if len(s) > most {
		return string(s[:most]) + "…"
	}
	return string(s)
}

// tableAttributes are the attributes that mean something here, with their values.
var tableAttributes = map[string][]string{
	"align": {"left", "right", "center"}, "valign": {"top", "middle", "bottom"}, "scope": {"col", "row"},
	"colspan": nil, "rowspan": nil, // numbers
}

// keepAttributes leaves a tag the attributes that say how a table is laid out.
func (d *document) keepAttributes(t *token) {
	var lost []string
	t.attrs = slices.DeleteFunc(t.attrs, func(a html.Attribute) bool {
		values, known := tableAttributes[a.Key]
		number, err := strconv.Atoi(a.Val)
		known = known && !isInline(t.name) && (slices.Contains(values, strings.ToLower(a.Val)) || values == nil && err == nil && number > 0 && number <= 1000)
		if !known {
			lost = append(lost, a.Key)
		}
		return !known
	})
	if len(lost) > 0 {
		d.note(t.line, "remove what has no effect", "attributes of <%s> are left out: %s", t.name, strings.Join(lost, ", "))
	}
	if t.name == "table" { // it may scroll: keys have to reach it
		t.attrs = append(t.attrs, html.Attribute{Key: "tabindex", Val: "0"})
	}
}

// settle puts in place of all raw HTML below parent what the page shows of it.
func (d *document) settle(parent ast.Node) {
	n := nesting{d: d, seen: map[string]bool{}}
	type piece struct {
		node   ast.Node
		tokens []*token
	}
	var found []piece
	for c := parent.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.HTMLBlock:
			raw, line := d.block(c)
			all := tokens(raw, line)
			for _, t := range all {
				n.add(t, true)
			}
			n.dropInline(0)
			found = append(found, piece{c, all})
		case *ast.RawHTML:
			all := tokens(string(c.Segments.Value(d.source)), d.line(c.Segments.At(0).Start))
			for _, t := range all {
				if parent.Kind() == ast.KindImage { // its words are no place for tags
					n.asText(t, onlyThese)
				} else {
					n.add(t, false)
				}
			}
			found = append(found, piece{c, all})
		default:
			d.settle(c)
		}
	}
	ended := n.closeAll()
	for _, p := range found {
		for _, t := range p.tokens {
			if t.shown && (t.kind == html.StartTagToken || t.kind == html.SelfClosingTagToken) {
				d.keepAttributes(t)
			}
		}
		_, block := p.node.(*ast.HTMLBlock)
		parent.ReplaceChild(parent, p.node, literal(written(p.tokens, block)))
	}
	if ended != "" {
		parent.AppendChild(parent, literal(ended+"\n"))
	}
}

// literal is a node of finished HTML.
func literal(s string) ast.Node {
	n := ast.NewString([]byte(s))
	n.SetCode(true) // written as it is
	return n
}

// written is what a page has of tokens that belong together. A block without a
// part of a table is a paragraph with the lines that it was written in.
func written(all []*token, block bool) string {
	var b strings.Builder
	table := false
	for _, t := range all {
		b.WriteString(t.String())
		table = table || t.shown && t.name != "" && !isInline(t.name)
	}
	text := b.String()
	switch {
	case !block || table:
		return text
	case strings.TrimSpace(text) == "":
		return ""
	}
	return `<p class="as-written">` + strings.TrimSpace(text) + "</p>\n"
}

// block is the source of a block of HTML, and the line on which it begins.
func (d *document) block(n *ast.HTMLBlock) (raw string, line int) {
	var b strings.Builder
	b.Write(n.Lines().Value(d.source))
	if n.HasClosure() {
		b.Write(n.ClosureLine.Value(d.source))
	}
	at := n.ClosureLine.Start
	if n.Lines().Len() > 0 {
		at = n.Lines().At(0).Start
	}
	return b.String(), d.line(at)
}
