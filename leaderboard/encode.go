package leaderboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// coding is one form in which a content travels.
type coding int

const (
	identity coding = iota
	gzipped
	brotlied
	codings
)

var codingNames = [codings]string{"", "gzip", "br"}

// Levels for pages that live for a second; facts and sizes in docs.
const (
	gzipLevel   = 5
	brotliLevel = 5
)

// content is an answer with its encoded forms, each made once.
type content struct {
	answer
	forms [codings]form
}

type form struct {
	once sync.Once
	body []byte
	etag string // strong: of these very bytes
}

func newContent(a answer) *content { return &content{answer: a} }

func (c *content) encodeAll() {
	for e := identity; e < codings; e++ {
		c.form(e)
	}
}

func (c *content) form(e coding) *form {
	f := &c.forms[e]
	f.once.Do(func() {
		f.body = compress(e, c.body)
		sum := sha256.Sum256(f.body)
		f.etag = `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	})
	return f
}

func compress(e coding, body []byte) []byte {
	var buf bytes.Buffer
	switch e {
	case gzipped:
		w, err := gzip.NewWriterLevel(&buf, gzipLevel)
		if err != nil {
			return body
		}
		w.Write(body) // a bytes.Buffer does not fail
		w.Close()
	case brotlied:
		w := brotli.NewWriterLevel(&buf, brotliLevel)
		w.Write(body)
		w.Close()
	default:
		return body
	}
	return buf.Bytes()
}

// smallBody is the size under which compressing costs more than it saves.
const smallBody = 200

// compressible says whether a kind of content gets smaller; images in pixels and
// the like are compressed already.
func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || kind == typeJSON || kind == "image/svg+xml"
}

// negotiate picks the form for an Accept-Encoding header: the highest weight,
// among equals the smallest form. What is weighted 0 is not sent.
func negotiate(accept string) coding {
	weights := map[string]float64{}
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" {
			weights[name] = weight(params)
		}
	}
	best, top := identity, 0.0
	for _, e := range []coding{brotlied, gzipped} {
		w, named := weights[codingNames[e]]
		if !named {
			w = weights["*"]
		}
		if w > top {
			best, top = e, w
		}
	}
	if w, named := weights["identity"]; named && w > top {
		return identity
	}
	return best
}

// weight reads "q=0.5" from the parameters of one coding; 1 without.
func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(strings.TrimSpace(k), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil || q < 0 {
			return 0
		}
		return min(q, 1)
	}
	return 1
}

// matches says whether an If-None-Match header names the tag.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || part == etag {
			return true
		}
	}
	return false
}
