package archtest

import (
	"go/ast"
	"go/token"
	"strings"
)

func checkInit(p *Package, report report) {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				report(fn.Pos(), "init runs before anybody asked")
			}
		}
	}
}

func checkFileLength(p *Package, report report) {
	for _, f := range p.Files {
		if n := p.Fset.File(f.Pos()).LineCount(); n > maxFile {
			report(f.Pos(), "%d lines, more than %d", n, maxFile)
		}
	}
}

func checkFuncLength(p *Package, report report) {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := p.line(fn.End()) - p.line(fn.Pos()) + 1; n > maxFunc {
				report(fn.Pos(), "%s has %d lines, more than %d", fn.Name.Name, n, maxFunc)
			}
		}
	}
}

func checkDoc(p *Package, report report) {
	for _, f := range p.Files {
		if f.Doc != nil && strings.TrimSpace(f.Doc.Text()) != "" {
			return
		}
	}
	if len(p.Files) > 0 {
		report(p.Files[0].Pos(), "package %s has no package comment", p.Path)
	}
}

// checkExample asks for one Example with an Output comment; commands are
// documented by their own help, fuzz has no API.
func checkExample(p *Package, report report) {
	if len(p.Files) == 0 || p.Files[0].Name.Name == "main" || p.Path == "fuzz" {
		return
	}
	for _, f := range p.Tests {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && strings.HasPrefix(fn.Name.Name, "Example") && hasOutput(f, fn) {
				return
			}
		}
	}
	report(p.Files[0].Pos(), "package %s has no Example with // Output:", p.Path)
}

func hasOutput(f *ast.File, fn *ast.FuncDecl) bool {
	for _, c := range f.Comments {
		text := strings.ToLower(c.Text())
		if c.Pos() > fn.Pos() && c.End() < fn.End() &&
			(strings.HasPrefix(text, "output:") || strings.HasPrefix(text, "unordered output:")) {
			return true
		}
	}
	return false
}

// checkUnfinished finds bodies that are a single panic with a constant text.
func checkUnfinished(p *Package, report report) {
	p.inspect(func(n ast.Node) {
		fn, ok := n.(*ast.FuncDecl)
		if !ok || fn.Body == nil || len(fn.Body.List) != 1 {
			return
		}
		stmt, ok := fn.Body.List[0].(*ast.ExprStmt)
		if !ok {
			return
		}
		call, ok := stmt.X.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return
		}
		id, ok := call.Fun.(*ast.Ident)
		lit, constant := call.Args[0].(*ast.BasicLit)
		if ok && id.Name == "panic" && constant && lit.Kind == token.STRING {
			report(fn.Pos(), "%s is not written yet: panic(%s)", fn.Name.Name, lit.Value)
		}
	})
}
