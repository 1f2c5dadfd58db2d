package statement

import (
	"fmt"
	"html"
	"strings"

	"github.com/gohugoio/hugo-goldmark-extensions/passthrough"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

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
		fmt.Fprintf(w, `<span class="math">%s</span>`, html.EscapeString(value))
	}
	return ast.WalkSkipChildren, nil
}

func (pieces) blockMath(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if m, ok := n.(*passthrough.PassthroughBlock); ok && entering {
		value := strings.TrimSpace(string(m.Lines().Value(source)))
		value = strings.TrimSuffix(strings.TrimPrefix(value, m.Delimiters.Open), m.Delimiters.Close)
		fmt.Fprintf(w, "<p class=\"math\">%s</p>\n", html.EscapeString(strings.TrimSpace(value)))
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
		body = html.EscapeString(body)
	}
	fmt.Fprintf(w, "<pre tabindex=\"0\"><code>%s</code></pre>\n", body)
	return ast.WalkSkipChildren, nil
}
