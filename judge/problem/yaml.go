package problem

import (
	"go.yaml.in/yaml/v3"

	"contest/judge/yamlfile"
)

// maxSettings is the most bytes of a YAML file, and of other short texts.
const maxSettings = yamlfile.MaxBytes

// document is one YAML file of a package while it is read.
type document struct{ yamlfile.Document }

type (
	handlers = yamlfile.Handlers
	findings = yamlfile.Findings
)

func newDocument(found *findings, name string) *document {
	return &document{yamlfile.Document{Findings: found, Name: name}}
}

// refuse is the handler of a key that the formats have and this judge not yet.
func (d *document) refuse(what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.FailAt(n, unsupportedHint, "%s: not supported yet", what)
	}
}

// noEffect is the handler of a key that no verdict depends on.
func (d *document) noEffect(why string) func(*yaml.Node) {
	return func(n *yaml.Node) { d.WarnAt(n, "", "this has no effect: %s", why) }
}

// newLenientDocument passes over keys without a value.
func newLenientDocument(found *findings, name string) *document {
	d := newDocument(found, name)
	d.EmptyIsAbsent = true
	return d
}
