package archtest

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// The comments of the fixtures say what is found.
func TestAnalyzers(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), together(), modulePath+"/rib", modulePath+"/cmd/other")
}

// together runs all analyzers as one.
func together() *analysis.Analyzer {
	return &analysis.Analyzer{Name: "core", Doc: "all of them", Run: func(pass *analysis.Pass) (any, error) {
		for _, a := range Analyzers() {
			if _, err := a.Run(pass); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}}
}
