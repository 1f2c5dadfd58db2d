package leaderboard

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/gohugoio/hugo-goldmark-extensions/passthrough"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// statements turns a statement into HTML. Raw HTML and dangerous links are
// left out by goldmark; formulas stay readable as they were written.
var statements = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), // no inline style
		extension.Strikethrough, extension.Linkify, extension.TaskList,
		passthrough.New(passthrough.Config{
			InlineDelimiters: []passthrough.Delimiters{{Open: "$", Close: "$"}, {Open: `\(`, Close: `\)`}},
			BlockDelimiters:  []passthrough.Delimiters{{Open: "$$", Close: "$$"}, {Open: `\[`, Close: `\]`}},
		}),
	),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(fitIn{}, 500))),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(pieces{}, 1))),
)

// markdown renders a statement. A first heading that repeats the problem's
// name is left out, since the page has it already.
func markdown(source []byte, name string) (template.HTML, error) {
	var buf bytes.Buffer
	if err := statements.Convert(withoutTitle(source, name), &buf); err != nil {
		return "", fmt.Errorf("render the statement of %s: %w", name, err)
	}
	return template.HTML(buf.String()), nil
}

func withoutTitle(source []byte, name string) []byte {
	trimmed := bytes.TrimLeft(source, "\ufeff \t\r\n")
	first, rest, _ := bytes.Cut(trimmed, []byte("\n"))
	title, ok := strings.CutPrefix(string(first), "# ")
	if ok && strings.EqualFold(strings.TrimSpace(title), strings.TrimSpace(name)) {
		return rest
	}
	return source
}

// fitIn fits a statement into the page: its headings below the page's, and
// scopes on the headers of its tables.
type fitIn struct{}

// Transform implements parser.ASTTransformer.
func (fitIn) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
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
		return ast.WalkContinue, nil
	})
}

// pieces renders what goldmark's own renderers would not do well: formulas
// (the extension writes them unescaped) and code.
type pieces struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (p pieces) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(passthrough.KindPassthroughInline, p.inlineMath)
	reg.Register(passthrough.KindPassthroughBlock, p.blockMath)
	reg.Register(ast.KindFencedCodeBlock, p.code)
}

func (pieces) inlineMath(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if m, ok := n.(*passthrough.PassthroughInline); ok && entering {
		value := strings.TrimSuffix(strings.TrimPrefix(string(m.Segment.Value(source)), m.Delimiters.Open), m.Delimiters.Close)
		fmt.Fprintf(w, `<span class="math">%s</span>`, template.HTMLEscapeString(value))
	}
	return ast.WalkSkipChildren, nil
}

func (pieces) blockMath(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if m, ok := n.(*passthrough.PassthroughBlock); ok && entering {
		value := strings.TrimSpace(string(m.Lines().Value(source)))
		value = strings.TrimSuffix(strings.TrimPrefix(value, m.Delimiters.Open), m.Delimiters.Close)
		fmt.Fprintf(w, "<p class=\"math\">%s</p>\n", template.HTMLEscapeString(strings.TrimSpace(value)))
	}
	return ast.WalkSkipChildren, nil
}

func (pieces) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := n.(*ast.FencedCodeBlock)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	body := string(block.Lines().Value(source))
	switch strings.ToLower(string(block.Language(source))) {
	case "c++", "cpp", "cc", "cxx", "c", "h", "hpp":
		body = highlight(body)
	default:
		body = template.HTMLEscapeString(body)
	}
	fmt.Fprintf(w, "<pre tabindex=\"0\"><code>%s</code></pre>\n", body)
	return ast.WalkSkipChildren, nil
}
