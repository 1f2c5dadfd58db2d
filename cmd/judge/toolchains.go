package main

import (
	"log/slog"
	"os"
	"path/filepath"

	"contest/judge/build"
)

// toolchains are the compilers of this machine. What they keep between
// compiles goes into the folder cache, or into the user's own if it is empty.
func toolchains(cache string, logger *slog.Logger) build.Toolchains {
	tools := build.Detect()
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return tools
		}
		cache = filepath.Join(user, "judge")
	}
	return tools.Precompile(filepath.Join(cache, "headers"), logger)
}
