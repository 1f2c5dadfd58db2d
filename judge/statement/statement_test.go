package statement

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is what a page has of a statement; tree.png and notes/data.zip stand
// beside it.
func page(t testing.TB, source string) string {
	t.Helper()
	out, err := HTML([]byte(source), "Problem: the name", func(file string) string {
		if file == "tree.png" || file == "notes/data.zip" {
			return "p/" + file
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// What is allowed is shown, everything else is shown as it was written, and its
// author is told of it.
func TestNothingVanishes(t *testing.T) {
	for _, c := range []struct {
		name, source, want string
		notes              []string // "line: message"
	}{
		{"powers", "10<sup>5</sup>, x<sub>i</sub>,<br>y", "<p>10<sup>5</sup>, x<sub>i</sub>,<br>y</p>", nil},
		{"in a table of Markdown", "|a|\n|-|\n|1<br/>10<sup>3</sup>|",
			"<table tabindex=\"0\">\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1<br>10<sup>3</sup></td>\n</tr>\n</tbody>\n</table>", nil},
		{"a comparison", "if a<b and c>d", "<p>if a&lt;b and c&gt;d</p>", []string{"1: <b and c> is shown as text"}},
		{"a comparison of an allowed name", "if a<sub and c>d", "<p>if a&lt;sub and c&gt;d</p>", []string{"1: <sub and c> is shown as text"}},
		{"center", "x\n\n<center>\n**a**\n</center>\n\nb", "<p>x</p>\n<p class=\"as-written\">&lt;center&gt;\n**a**\n&lt;/center&gt;</p>\n<p>b</p>", []string{"3: <center> is shown as text"}},
		{"details", "<details>\n<summary>more</summary>\n\n*a*\n\n</details>",
			"<p class=\"as-written\">&lt;details&gt;\n&lt;summary&gt;more&lt;/summary&gt;</p>\n<p><em>a</em></p>\n<p class=\"as-written\">&lt;/details&gt;</p>",
			[]string{"1: <details> is shown as text", "2: <summary> is shown as text"}},
		{"script", "<script>alert(\"1\")</script>", "<p class=\"as-written\">&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;</p>", []string{"1: <script> is shown as text"}},
		{"table", "<table border=1>\n<tr><td colspan=\"2\" onclick=x>10<sup>5</sup> &lt; <b>y</b></td></tr>\n</table>\n\nafter",
			"<table tabindex=\"0\">\n<tr><td colspan=\"2\">10<sup>5</sup> &lt; &lt;b&gt;y&lt;/b&gt;</td></tr>\n</table>\n<p>after</p>",
			[]string{"1: attributes of <table> are left out: border", "2: <b> is shown as text", "2: attributes of <td> are left out: onclick"}},
		{"table without closing tags", "<table><tr><th>a<th>b<tbody><tr><td>1</table>",
			"<table tabindex=\"0\"><tr><th>a</th><th>b</th></tr><tbody><tr><td>1</td></tr></tbody></table>", nil},
		{"table with Markdown in it", "<table><tr><td>\n\n**a**\n\n</td></tr></table>", "<table tabindex=\"0\"><tr><td>\n<p><strong>a</strong></p>\n</td></tr></table>", nil},
		{"table that is not closed", "a\n\n<table><tr><td>1<sup>2", "<p>a</p>\n<table tabindex=\"0\"><tr><td>1&lt;sup&gt;2</td></tr></table>",
			[]string{"3: <sup> is shown as text", "3: a table is not closed"}},
		{"table inside a line", "a <table> b", "<p>a &lt;table&gt; b</p>", []string{"1: <table> is shown as text"}},
		{"parts of a table without one", "<td>1</td>", "<p class=\"as-written\">&lt;td&gt;1&lt;/td&gt;</p>", []string{"1: <td> is shown as text"}},
		{"crossed", "*a<sup>b*c</sup>", "<p><em>a&lt;sup&gt;b</em>c&lt;/sup&gt;</p>", []string{"1: <sup> is shown as text", "1: </sup> is shown as text"}},
		{"comments are meant to be hidden", "<!-- a -->\n\nb<!-- c --> d", "<p>b d</p>", nil},
		{"a comment that does not end", "a\n\n<!-- b\n\nc", "<p>a</p>\n<p class=\"as-written\">&lt;!-- b\n\nc</p>", []string{"3: <!-- b c is shown as text"}},
		{"no tag at all", "<?php x ?> <!DOCTYPE html> <![CDATA[x]]>", "<p class=\"as-written\">&lt;?php x ?&gt; &lt;!DOCTYPE html&gt; &lt;![CDATA[x]]&gt;</p>",
			[]string{"1: <?php x ?> is shown as text", "1: <!DOCTYPE html> is shown as text", "1: <![CDATA[x]]> is shown as text"}},
		{"half a tag", "<div class=\"x", "<p class=\"as-written\">&lt;div class=&#34;x</p>", []string{`1: <div class="x is shown as text`}},
		{"links", "[a](javascript:x) [b](https://example.org/)", "<p>a <a href=\"https://example.org/\">b</a></p>", []string{`1: the link to "javascript:x" leads nowhere`}},
		{"images", "a\n![*b*](tree.png) ![c](https://example.org/c.png)\n![d](../d.png) ![e](none.png)",
			"<p>a\n<img src=\"p/tree.png\" alt=\"b\"> c\nd e</p>",
			[]string{`2: the image "https://example.org/c.png" is not shown: pages load nothing from elsewhere`, `3: the image "../d.png" is not shown: pages load nothing from elsewhere`}},
		{"files", "[a](notes/data.zip) [b](gone.txt)", `<p><a href="p/notes/data.zip">a</a> <a href="gone.txt">b</a></p>`, nil},
		{"tags in an image", `![a<sup>"2</sup>](tree.png)`, `<p><img src="p/tree.png" alt="a&lt;sup&gt;&quot;2&lt;/sup&gt;"></p>`, []string{"1: <sup> is shown as text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := page(t, c.source); got != c.want {
				t.Errorf("%q is shown as\n%s\nwant\n%s", c.source, got, c.want)
			}
			notes, _ := Check([]byte(c.source))
			var told []string
			for _, n := range notes {
				told = append(told, itoa(n.Line)+": "+n.Message)
				if n.Hint == "" {
					t.Errorf("%q comes without a cure", n.Message)
				}
			}
			if !slices.Equal(told, c.notes) {
				t.Errorf("%q: notes %q, want %q", c.source, told, c.notes)
			}
		})
	}
}

func itoa(n int) string { return string(rune('0' + n)) } // of one digit

func TestTitleIsNotRepeated(t *testing.T) {
	for source, want := range map[string]string{
		"# Problem: the name\n\ntext":                  "<p>text</p>",
		"Problem: the name\n=================\n\ntext": "<p>text</p>",
		"\ufeffPROBLEM: *the*  name\n---\ntext":        "<p>text</p>",
		"# Another\n\ntext":                            "<h2>Another</h2>\n<p>text</p>",
		"text\n\n# Problem: the name":                  "<p>text</p>\n<h2>Problem: the name</h2>",
	} {
		if got := page(t, source); got != want {
			t.Errorf("%q is shown as %q, want %q", source, got, want)
		}
	}
}

func TestFilesBesideTheStatement(t *testing.T) {
	_, files := Check([]byte("![a](img/a.png)\n[b](./b%20c.txt?x#y) ![a](img/a.png)\n![x](/x.png) [y](#y) [z](../z) ![w](https://example.org/w.png) [m](mailto:a@example.org)\n"))
	want := []File{{1, "img/a.png", true}, {2, "b c.txt", false}}
	if !slices.Equal(files, want) {
		t.Errorf("got %+v, want %+v", files, want)
	}
}

func TestNotesAreBounded(t *testing.T) {
	notes, _ := Check([]byte(strings.Repeat("<i>a</i>\n", 100)))
	if len(notes) != maxNotes+1 || notes[maxNotes].Message != "80 more like these from here on" || notes[maxNotes].Line != maxNotes+1 {
		t.Errorf("got %d notes, the last one is %+v", len(notes), notes[len(notes)-1])
	}
}

func TestFormulasAndCode(t *testing.T) {
	const source = "## Task\n\n$a<b$ and \\(c>d\\)\n\n$$\n\\sum_i <script>x</script>\n$$\n\n```c++\n#include <vector>\n// a < b\nint x = \"</code><script>\";\n```\n\n" +
		"```\n<plain>\n```\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n"
	got := page(t, source)
	for _, want := range []string{
		"<h3>Task</h3>", `<span class="math">a&lt;b</span>`, `<span class="math">c&gt;d</span>`, `<p class="math">\sum_i &lt;script&gt;`,
		`<span class="hp">#include &lt;vector&gt;</span>`, `<span class="hc">// a &lt; b</span>`, `<span class="hk">int</span>`,
		"&lt;plain&gt;", `<th align="center" scope="col">`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, "<script") || strings.Contains(got, "style=") {
		t.Errorf("markup got through:\n%s", got)
	}
}

// elements are all that a statement's page can have.
var elements = set(`html head body p h2 h3 h4 h5 h6 em strong del a img code pre span blockquote ul ol li hr br input sup sub
	table caption colgroup col thead tbody tfoot tr th td`)

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"10<sup>5</sup>\n\n<table><tr><td>\n\na\n\n</td></tr></table>", "<center>\n![a](b.png)\n</center>", "- <table>\n  <tr>\n\n  <td>x\n", "a<b and c>d <!-- x",
		"<table><caption>a</caption><colgroup><col><tr><th>b</table></sup>", "[a](javascript:b) ![c](data:image/png;x)", "> <sub>\n\n$$<x>$$", "Problem: the name\n===",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		out := page(t, source)
		doc, err := html.Parse(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.CommentNode || n.Type == html.ElementNode && !elements[n.Data] {
				t.Fatalf("%q is shown with <%s>:\n%s", source, n.Data, out)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
					t.Fatalf("%q is shown with %s=%q", source, a.Key, a.Val)
				}
			}
		}
		Check([]byte(source))
	})
}

var spans = regexp.MustCompile(`</?span[^>]*>`)

func FuzzHighlight(f *testing.F) {
	f.Add("int main() { return '\\''; } /* \" */ // <")
	f.Add("#include <a>\n  # define X 0x1'000\n\"\\\"<b>\"")
	f.Fuzz(func(t *testing.T, source string) {
		out := highlight(source)
		plain := spans.ReplaceAllString(out, "")
		if strings.ContainsAny(plain, "<>\"") {
			t.Errorf("highlight(%q) leaves markup: %q", source, out)
		}
	})
}
