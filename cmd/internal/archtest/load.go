package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Package is a parsed and type-checked package.
type Package struct {
	Path  string // below the module, "speaker/live"; "" is its root
	Fset  *token.FileSet
	Files []*ast.File // without tests
	Tests []*ast.File // of both test packages
	Types *types.Package
	Info  *types.Info
}

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Dir, Export            string
	Standard                           bool
	DepOnly                            bool
	GoFiles, TestGoFiles, XTestGoFiles []string
	Error                              *struct{ Err string }
}

// Loader type-checks packages against the compiler's export data, which the go
// command has cached: a second or two for the whole module.
type Loader struct {
	fset    *token.FileSet
	exports map[string]string // import path → file of export data
	imports types.Importer
}

// Load lists the packages that the patterns name, in dir, and parses and checks
// those of the module.
func Load(dir string, patterns ...string) (*Loader, []*Package, error) {
	args := append([]string{"list", "-e", "-export", "-deps", "-json=ImportPath,Dir,Export,Standard,DepOnly,GoFiles,TestGoFiles,XTestGoFiles,Error"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("go list: %w: %s", err, stderr.Bytes())
	}
	l := &Loader{fset: token.NewFileSet(), exports: map[string]string{}}
	l.imports = importer.ForCompiler(l.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(l.exports[path])
	})
	var mine []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, err
		}
		l.exports[p.ImportPath] = p.Export
		if !p.DepOnly && !p.Standard {
			mine = append(mine, p)
		}
	}
	var pkgs []*Package
	for _, p := range mine {
		if p.Error != nil {
			return nil, nil, fmt.Errorf("%s: %s", p.ImportPath, p.Error.Err)
		}
		pkg, err := l.load(p)
		if err != nil {
			return nil, nil, err
		}
		pkgs = append(pkgs, pkg)
	}
	return l, pkgs, nil
}

func (l *Loader) load(p listed) (*Package, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, modulePath), "/")
	pkg, err := l.Parse(path, p.Dir, p.GoFiles)
	if err != nil {
		return nil, err
	}
	for _, name := range append(p.TestGoFiles, p.XTestGoFiles...) {
		f, err := parser.ParseFile(l.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		pkg.Tests = append(pkg.Tests, f)
	}
	return pkg, nil
}

// Parse parses and checks the named files of a folder as the package path.
func (l *Loader) Parse(path, dir string, names []string) (*Package, error) {
	pkg := &Package{Path: path, Fset: l.fset, Info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	for _, name := range names {
		f, err := parser.ParseFile(l.fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		pkg.Files = append(pkg.Files, f)
	}
	var err error
	conf := types.Config{Importer: l.imports}
	pkg.Types, err = conf.Check(path, l.fset, pkg.Files, pkg.Info)
	return pkg, err
}

func (p *Package) inspect(f func(ast.Node)) {
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				f(n)
			}
			return true
		})
	}
}

func (p *Package) line(pos token.Pos) int { return p.Fset.Position(pos).Line }

// says reports whether a comment on the line of pos begins with the mark and
// gives a reason.
func (p *Package) says(pos token.Pos, mark string) bool {
	at := p.Fset.Position(pos)
	for _, f := range p.Files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				reason, ok := strings.CutPrefix(c.Text, "//"+mark)
				where := p.Fset.Position(c.Pos())
				if ok && strings.TrimSpace(reason) != "" && where.Line == at.Line && where.Filename == at.Filename {
					return true
				}
			}
		}
	}
	return false
}
