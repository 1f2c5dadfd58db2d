package cheats

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"

	"contest/judge"
	"contest/judge/pipeline"
)

// work is one kind of work that a problem asks for. The reference and these
// functions do the same, so that no test data has to be kept.
type work struct {
	kind  byte
	steps uint64 // of the smallest test case, a few milliseconds of it
	pad   int    // bytes of the input beyond its line
	do    func(seed, steps uint64, input []byte) uint64
}

var works = map[string]*work{
	"compute": {kind: 'c', steps: 3_000_000, do: compute},
	"memory":  {kind: 'm', steps: 150_000, do: chase},
	"pages":   {kind: 'p', steps: 150_000, do: chase},
	"huge":    {kind: 'h', steps: 150_000, do: chase},
	"large":   {kind: 'f', steps: 1, pad: 3 << 20, do: fold},
}

const factor, summand = 6364136223846793005, 1442695040888963407

func compute(x, steps uint64, _ []byte) uint64 {
	for range steps {
		x = x*factor + summand
	}
	return x
}

func chase(seed, steps uint64, _ []byte) uint64 {
	const size = 1 << 20
	table := make([]uint32, size)
	x := seed
	for i := range table {
		x = x*factor + summand
		table[i] = uint32(x >> 32)
	}
	at := uint32(seed)
	for i := range steps {
		at = table[at%size] + uint32(i)
	}
	return uint64(at)
}

func fold(_, _ uint64, input []byte) uint64 {
	var x uint64
	for _, b := range input {
		x = (x ^ uint64(b)) * factor
	}
	return x
}

// timedCases is how many test cases a problem has beside its sample.
const timedCases = 4

// writeProblem makes the package of a problem.
func writeProblem(dir string, c Cheat) error {
	w := works[c.work]
	content := map[string]string{
		"problem.yaml":                       "problem_format_version: 2025-09\nname: Steps\nlimits: {time_limit: 2.0, memory: 512, output: 1}\n",
		"judge.yaml":                         fmt.Sprintf("timing: %s\nreference: accepted/reference.cpp\nthreads: %d\nstop_after_timeouts: 1\n", c.timing, c.threads),
		"statement/problem.en.md":            "Do the work.\n",
		"submissions/accepted/reference.cpp": "#include \"work.h\"\n\nstd::uint64_t solve(Input input) { return work(input); }\n",
	}
	test := func(name string, seed, steps uint64) {
		input := fmt.Appendf(nil, "%c %d %d\n", w.kind, seed, steps)
		rng := rand.NewChaCha8([32]byte{byte(seed)})
		padding := make([]byte, w.pad)
		_, _ = rng.Read(padding) // never fails
		input = append(input, padding...)
		content["data/"+name+".in"] = string(input)
		content["data/"+name+".ans"] = fmt.Sprintf("%016x\n", w.do(seed, steps, input))
	}
	test("sample/1", 1, 1)
	for i := range uint64(timedCases) {
		test(fmt.Sprintf("secret/%d", i+1), 100+i, w.steps*(4+i)/4)
	}
	included, err := fs.Glob(files, "problem/*")
	if err != nil {
		return err
	}
	for _, name := range included {
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		content["include/cpp/"+path.Base(name)] = string(text)
	}
	for name, text := range content {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// problem loads the problem of a cheat, which others share.
func (s *Suite) problem(ctx context.Context, c Cheat) (judge.Problem, error) {
	s.loading.Lock()
	defer s.loading.Unlock()
	name := fmt.Sprintf("%s-%s-%d", c.work, c.timing, c.threads)
	if p, ok := s.problems[name]; ok {
		return p, nil
	}
	dir := filepath.Join(s.scratch, name)
	if err := writeProblem(dir, c); err != nil {
		return judge.Problem{}, err
	}
	p, err := s.pipeline.Load(ctx, dir, pipeline.LoadOptions{TestSet: "full", Cache: filepath.Join(s.scratch, "cache"), Generate: true})
	if err == nil {
		s.problems[name] = p
	}
	return p, err
}
