package statement

import (
	"html"
	"regexp"
	"strings"
)

// lexemes finds what is worth a colour in C++: comments, strings, directives,
// numbers, words.
var lexemes = regexp.MustCompile(`(?s://[^\n]*|/\*.*?(?:\*/|$))|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|(?m:^[ \t]*#[ \t]*\w+(?:[ \t]*<[^>\n]*>)?)|\b\d[\w.']*|[A-Za-z_]\w*`)

var keywords = set(`alignas auto bool break case catch char class co_await co_return co_yield concept const
	consteval constexpr constinit continue decltype default delete do double else enum explicit export extern
	false float for friend if inline int long mutable namespace new noexcept nullptr operator private protected
	public requires return short signed sizeof static static_assert static_cast struct switch template this
	thread_local throw true try typedef typename union unsigned using virtual void volatile while
	int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t`)

func set(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// highlight marks up C++ source; the result is escaped.
func highlight(source string) string {
	var b strings.Builder
	last := 0
	for _, at := range lexemes.FindAllStringIndex(source, -1) {
		token := source[at[0]:at[1]]
		b.WriteString(html.EscapeString(source[last:at[0]]))
		last = at[1]
		class := tokenClass(token)
		if class == "" {
			b.WriteString(html.EscapeString(token))
			continue
		}
		b.WriteString(`<span class="` + class + `">` + html.EscapeString(token) + `</span>`)
	}
	b.WriteString(html.EscapeString(source[last:]))
	return b.String()
}

func tokenClass(token string) string {
	switch c := token[0]; {
	case strings.HasPrefix(token, "//") || strings.HasPrefix(token, "/*"):
		return "hc"
	case c == '"' || c == '\'':
		return "hs"
	case strings.HasPrefix(strings.TrimLeft(token, " \t"), "#"):
		return "hp"
	case c >= '0' && c <= '9':
		return "hn"
	case keywords[token]:
		return "hk"
	}
	return ""
}
