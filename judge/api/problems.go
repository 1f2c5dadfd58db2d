package api

import (
	"fmt"
	"net/http"
	"os"
	"path"

	"contest/judge"
	"contest/judge/language"
	"contest/judge/wire"
)

func (s *Server) getProblems(w http.ResponseWriter, _ *http.Request) error {
	out := []wire.Problem{}
	for _, p := range s.Problems() {
		out = append(out, wire.NewProblem(p))
	}
	return writeJSON(w, http.StatusOK, out)
}

// getKit answers with the statement, the samples and the harness. Before the
// contest starts they are nobody's business but the organiser's.
func (s *Server) getKit(w http.ResponseWriter, r *http.Request) error {
	if err := s.Opened(actor(r)); err != nil {
		return err
	}
	p, err := s.Problem(judge.ProblemID(r.PathValue("id")))
	if err != nil {
		return err
	}
	kit, err := readKit(p)
	if err != nil {
		return fmt.Errorf("read the kit of %s: %w", p.ID, err)
	}
	kit.Command = kitCommand(s.Languages, kit)
	return writeJSON(w, http.StatusOK, kit)
}

func readKit(p judge.Problem) (Kit, error) {
	kit := Kit{
		Problem: wire.NewProblem(p).WithRules(p), Statement: p.Statement, StatementFile: p.StatementFile, StatementFiles: p.StatementFiles,
		Includes: []judge.File{}, Samples: []Sample{},
	}
	for _, f := range p.Includes(language.Default().Family) {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			return Kit{}, err
		}
		kit.Includes = append(kit.Includes, judge.File{Name: path.Base(f.Name), Data: data})
	}
	for _, t := range p.Tests {
		if !t.Sample {
			continue
		}
		sample := Sample{Name: t.Name, Args: t.Args}
		var err error
		if sample.Input, err = os.ReadFile(p.InputPath(t)); err != nil {
			return Kit{}, err
		}
		if sample.Answer, err = os.ReadFile(p.AnswerPath(t)); err != nil {
			return Kit{}, err
		}
		for _, f := range p.CaseFiles(t) {
			data, err := os.ReadFile(f.Path)
			if err != nil {
				return Kit{}, err
			}
			sample.Files = append(sample.Files, judge.File{Name: t.WorkName(f), Data: data})
		}
		kit.Samples = append(kit.Samples, sample)
	}
	return kit, nil
}

// kitCommand is Kit.Command. The problem's own files are in a folder of the kit, and
// beside the solution in the judge.
func kitCommand(tools language.Set, kit Kit) string {
	tool, err := tools.Find("")
	if err != nil {
		return ""
	}
	files := []string{"-o", "solution", "*.cpp"}
	if len(kit.Includes) > 0 {
		files = append([]string{"-iquote", "include"}, files...)
	}
	for _, f := range kit.Includes {
		if tool.IsSource(f.Name) {
			files = append(files, "include/"+f.Name)
		}
	}
	return tool.Published(kit.Problem.CompilerFlags, files...)
}
