package leaderboard

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
)

//go:embed assets/site.css assets/live.js assets/favicon.svg
var assetFiles embed.FS

// assets are the files that pages refer to, named by their content. Their
// encoded forms outlive snapshots.
type assets struct {
	css, js string
	files   map[string]*content // by path
}

func loadAssets() *assets {
	a := &assets{files: map[string]*content{}}
	a.css = a.add("site", ".css", "text/css; charset=utf-8")
	a.js = a.add("live", ".js", "text/javascript; charset=utf-8")
	a.files["/favicon.svg"] = newContent(answer{
		status: http.StatusOK, kind: "image/svg+xml", cache: cacheQuiet, body: embedded("favicon.svg"), fixed: true,
	})
	return a
}

func (a *assets) add(name, ext, kind string) string {
	body := embedded(name + ext)
	sum := sha256.Sum256(body)
	hashed := name + "." + hex.EncodeToString(sum[:4]) + ext
	a.files["/assets/"+hashed] = newContent(answer{
		status: http.StatusOK, kind: kind, cache: cacheAsset, body: body, fixed: true,
	})
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

func (s *Site) robots(request) (answer, error) {
	const text = "User-agent: *\nDisallow: /events\nDisallow: /*?q=\nAllow: /\n"
	return answer{status: http.StatusOK, kind: typeText, cache: cacheQuiet, body: []byte(text), fixed: true}, nil
}
