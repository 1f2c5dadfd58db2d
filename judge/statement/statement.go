// Package statement reads the Markdown of a problem's statement: into HTML for
// the public page, and into what its author should know about it. Nothing of a
// statement vanishes: of HTML it shows sup, sub, br and tables, and everything
// else as the text that was written. Only comments are left out, as they are
// meant to be.
package statement

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gohugoio/hugo-goldmark-extensions/passthrough"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Note is something that the page does not show as its author may have meant.
type Note struct {
	Line    int // of the statement, from 1
	Message string
	Hint    string
}

// File is a file beside the statement that the statement refers to.
type File struct {
	Line  int    // where it is named first
	Path  string // relative to the statement's folder, with "/"; never leads out of it
	Image bool   // it is shown, not only linked
}

// maxNotes bounds what is said of one statement: a text that is HTML as a whole
// would fill the log.
const maxNotes = 20

// markdown reads and writes all statements. Raw HTML is taken over by settle
// before anything is written; formulas stay as they are written.
var markdown = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), // no inline style
		extension.Strikethrough, extension.Linkify, extension.TaskList,
		passthrough.New(passthrough.Config{
			InlineDelimiters: []passthrough.Delimiters{{Open: "$", Close: "$"}, {Open: `\(`, Close: `\)`}},
			BlockDelimiters:  []passthrough.Delimiters{{Open: "$$", Close: "$$"}, {Open: `\[`, Close: `\]`}},
		}),
	),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(pieces{}, 1))),
)

// Check is what the author of a statement should know, in the order of lines,
// and the files that it refers to, each once.
func Check(source []byte) ([]Note, []File) {
	d := read(source)
	d.settle(d.root)
	d.lookAtLinks(func(f File, _ ast.Node) {
		if !slices.ContainsFunc(d.files, func(have File) bool { return have.Path == f.Path }) {
			d.files = append(d.files, f)
		}
	})
	slices.SortStableFunc(d.notes, func(a, b Note) int { return a.Line - b.Line })
	if more := len(d.notes) - maxNotes; more > 0 {
		d.notes = append(d.notes[:maxNotes], Note{Line: d.notes[maxNotes].Line, Message: fmt.Sprintf("%d more like these from here on", more), Hint: "mend the first ones and look again"})
	}
	return d.notes, d.files
}

// HTML writes a statement for a page that has the problem's title above it: a
// first heading that repeats it is left out, and the others stand below it.
// address is where a file beside the statement is found, empty if it is not
// there: then the words that describe an image stand in its place.
func HTML(source []byte, title string, address func(file string) string) (string, error) {
	d := read(source)
	d.dropTitle(title)
	d.settle(d.root)
	d.lookAtLinks(func(f File, n ast.Node) {
		switch n := n.(type) {
		case *ast.Link:
			if a := address(f.Path); a != "" {
				n.Destination = []byte(a)
			}
		case *ast.Image:
			if a := address(f.Path); a != "" {
				n.Destination = []byte(a)
			} else {
				unwrap(n)
			}
		}
	})
	d.fitIn()
	var buf bytes.Buffer
	if err := markdown.Renderer().Render(&buf, d.source, d.root); err != nil {
		return "", err
	}
	return buf.String(), nil
}

// document is one statement while it is read.
type document struct {
	source []byte
	root   ast.Node
	notes  []Note
	files  []File
}

func read(source []byte) *document {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	return &document{source: source, root: markdown.Parser().Parse(text.NewReader(source))}
}

func (d *document) note(line int, hint, format string, args ...any) {
	d.notes = append(d.notes, Note{line, fmt.Sprintf(format, args...), hint})
}

// line is the line of an offset in the source.
func (d *document) line(at int) int {
	return 1 + bytes.Count(d.source[:min(max(at, 0), len(d.source))], []byte("\n"))
}

// dropTitle removes a first heading that says what stands above it already.
func (d *document) dropTitle(title string) {
	h, ok := d.root.FirstChild().(*ast.Heading)
	if ok && strings.EqualFold(words(d.plain(h)), words(title)) {
		d.root.RemoveChild(d.root, h)
	}
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// plain is the text below a node, without its markup.
func (d *document) plain(n ast.Node) string {
	var b strings.Builder
	walk(n, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Text:
			value := n.Value(d.source)
			if !n.IsRaw() {
				value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
			}
			b.Write(value)
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		}
	})
	return b.String()
}

// walk calls visit with n and everything below it, as it was before visit
// changed anything.
func walk(n ast.Node, visit func(ast.Node)) {
	var all []ast.Node
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			all = append(all, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range all {
		visit(n)
	}
}

// fitIn fits a statement into the page: its headings below the page's, and
// scopes on the headers of its tables.
func (d *document) fitIn() {
	walk(d.root, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+1, 6)
		case *east.Table: // it may scroll: keys have to reach it
			n.SetAttributeString("tabindex", []byte("0"))
		case *east.TableCell:
			if n.Parent().Kind() == east.KindTableHeader {
				n.SetAttributeString("scope", []byte("col"))
			}
		}
	})
}

// lookAtLinks calls file with every link and image that leads to a file beside
// the statement, and takes apart those that pages do not follow.
func (d *document) lookAtLinks(file func(File, ast.Node)) {
	walk(d.root, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Link:
			if p, ok := beside(n.Destination); ok {
				file(File{d.line(n.Pos()), p, false}, n)
			} else if html.IsDangerousURL(n.Destination) {
				d.note(d.line(n.Pos()), "link to an address that begins with https://", "the link to %q leads nowhere", n.Destination)
				unwrap(n)
			}
		case *ast.Image:
			if p, ok := beside(n.Destination); ok {
				file(File{d.line(n.Pos()), p, true}, n)
			} else if !bytes.HasPrefix(n.Destination, []byte("data:")) || html.IsDangerousURL(n.Destination) {
				d.note(d.line(n.Pos()), "put the file beside the statement and write its name", "the image %q is not shown: pages load nothing from elsewhere", n.Destination)
				unwrap(n)
			}
		}
	})
}

// beside is the path of a file that an address names relative to the statement.
func beside(destination []byte) (string, bool) {
	u, err := url.Parse(string(destination))
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	p := path.Clean(u.Path)
	return p, p != "." && p != ".." && !strings.HasPrefix(p, "../")
}

// unwrap puts what a link or an image says in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}
