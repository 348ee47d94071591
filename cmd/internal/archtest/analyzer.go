package archtest

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzers are the rules about what code of the pure packages may do, for
// drivers of go/analysis: corelint beside this package, go vet, an editor. They
// say nothing of other packages, nor of tests.
func Analyzers() []*analysis.Analyzer {
	var l []*analysis.Analyzer
	for _, r := range Rules {
		if r.Core {
			l = append(l, r.analyzer())
		}
	}
	return l
}

func (r Rule) analyzer() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: r.Name,
		Doc:  "report what a pure package must not do: " + r.Name + "\n\n" + r.Why + ".",
		Run: func(pass *analysis.Pass) (any, error) {
			p := passed(pass)
			if !isCore(p.Path) || strings.HasSuffix(p.Path, ".test") { // a test's main is made by go
				return nil, nil
			}
			r.check(p, func(pos token.Pos, format string, args ...any) {
				if !isTest(pass, pos) {
					pass.Reportf(pos, format, args...)
				}
			})
			return nil, nil
		},
	}
}

// passed is the package of a pass as the rules see it.
func passed(pass *analysis.Pass) *Package {
	p := &Package{
		Path: strings.TrimPrefix(strings.TrimPrefix(pass.Pkg.Path(), modulePath), "/"),
		Fset: pass.Fset, Types: pass.Pkg, Info: pass.TypesInfo,
	}
	for _, f := range pass.Files {
		if !isTest(pass, f.FileStart) {
			p.Files = append(p.Files, f)
		}
	}
	return p
}

func isTest(pass *analysis.Pass, pos token.Pos) bool {
	return strings.HasSuffix(pass.Fset.Position(pos).Filename, "_test.go")
}
