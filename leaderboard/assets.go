package leaderboard

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"

	"contest/judge"
)

//go:embed assets/site.css assets/live.js assets/favicon.svg
var assetFiles embed.FS

// assets are the files that pages refer to, named by their content.
type assets struct {
	css, js string
	files   map[string]answer
	icon    []byte
}

func loadAssets() *assets {
	a := &assets{files: map[string]answer{}}
	a.css = a.add("site", ".css", "text/css; charset=utf-8")
	a.js = a.add("live", ".js", "text/javascript; charset=utf-8")
	a.icon = embedded("favicon.svg")
	return a
}

func (a *assets) add(name, ext, kind string) string {
	body := embedded(name + ext)
	sum := sha256.Sum256(body)
	hashed := name + "." + hex.EncodeToString(sum[:4]) + ext
	a.files[hashed] = answer{status: http.StatusOK, kind: kind, cache: cacheAsset, body: body, fixed: true}
	return hashed
}

// embedded is a file of the binary; a missing one is a broken build.
func embedded(name string) []byte {
	body, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return body
}

func (s *Site) asset(req request) (answer, error) {
	if a, ok := s.assets.files[req.args[0]]; ok {
		return a, nil
	}
	return answer{}, judge.ErrNotFound
}

func (s *Site) favicon(request) (answer, error) {
	return answer{status: http.StatusOK, kind: "image/svg+xml", cache: cacheQuiet, body: s.assets.icon, fixed: true}, nil
}

func (s *Site) robots(request) (answer, error) {
	const text = "User-agent: *\nDisallow: /events\nDisallow: /*?q=\nAllow: /\n"
	return answer{status: http.StatusOK, kind: typeText, cache: cacheQuiet, body: []byte(text), fixed: true}, nil
}
