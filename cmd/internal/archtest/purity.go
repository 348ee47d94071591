package archtest

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// clockFuncs of package time read the clock or wait for it.
var clockFuncs = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "NewTimer", "NewTicker", "Tick"}

func checkClock(p *Package, report report) {
	forUses(p, func(id *ast.Ident, pkg, name string) {
		if pkg == "time" && slices.Contains(clockFuncs, name) {
			report(id.Pos(), "time.%s: take now as an argument", name)
		}
	})
}

// checkRandom allows generators that are made from a seed and forbids the
// functions that draw from the process's own.
func checkRandom(p *Package, report report) {
	forUses(p, func(id *ast.Ident, pkg, name string) {
		if (pkg == "math/rand" || pkg == "math/rand/v2") && !strings.HasPrefix(name, "New") {
			report(id.Pos(), "rand.%s draws from the process's generator", name)
		}
	})
}

// forUses calls f for each use of another package's function.
func forUses(p *Package, f func(id *ast.Ident, pkg, name string)) {
	for id, obj := range p.Info.Uses { //order: findings are sorted by place
		fn, ok := obj.(*types.Func)
		if ok && fn.Pkg() != nil && fn.Signature().Recv() == nil {
			f(id, fn.Pkg().Path(), fn.Name())
		}
	}
}

func checkConcurrency(p *Package, report report) {
	p.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(n.Pos(), "a pure package starts no goroutine")
		case *ast.SelectStmt:
			report(n.Pos(), "a pure package has no select")
		case *ast.SendStmt:
			report(n.Pos(), "a pure package sends on no channel")
		case *ast.ChanType:
			report(n.Pos(), "a pure package has no channel")
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				report(n.Pos(), "a pure package receives from no channel")
			}
		}
	})
}

// mapIterators of package maps have the order of a range over the map.
var mapIterators = []string{"All", "Keys", "Values"}

func checkMapRange(p *Package, report report) {
	sorted := map[ast.Node]bool{} // arguments of slices.Sorted and its kin
	p.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "Sorted") && isFunc(p.Info.Uses[sel.Sel], "slices") {
				if arg, ok := n.Args[0].(*ast.CallExpr); ok {
					if inner, ok := arg.Fun.(*ast.SelectorExpr); ok {
						sorted[inner.Sel] = true
					}
				}
			}
		case *ast.RangeStmt:
			if isMap(p.Info.TypeOf(n.X)) && !p.says(n.Pos(), "order:") {
				report(n.Pos(), "range over a map")
			}
		}
	})
	forUses(p, func(id *ast.Ident, pkg, name string) {
		if pkg == "maps" && slices.Contains(mapIterators, name) && !sorted[id] && !p.says(id.Pos(), "order:") {
			report(id.Pos(), "maps.%s has the map's order", name)
		}
	})
}

func isFunc(obj types.Object, pkg string) bool {
	fn, ok := obj.(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == pkg
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	if tp, ok := t.(*types.TypeParam); ok {
		t = tp.Constraint()
		if u, ok := t.Underlying().(*types.Interface); ok && u.NumEmbeddeds() == 1 {
			if union, ok := u.EmbeddedType(0).(*types.Union); ok && union.Len() == 1 {
				t = union.Term(0).Type()
			}
		}
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

func checkFloat(p *Package, report report) {
	p.inspect(func(n ast.Node) {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || p.says(b.Pos(), "float:") {
			return
		}
		if tv := p.Info.Types[b]; tv.Value != nil {
			return // a constant is computed once, exactly, by the compiler
		}
		if isFloat(p.Info.TypeOf(b.X)) || isFloat(p.Info.TypeOf(b.Y)) {
			report(b.Pos(), "%s on floating point", b.Op)
		}
	})
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}

// checkGlobals: a package-level variable is a table or an error. It is not
// assigned, not counted up, its elements are not assigned or deleted, its
// address is not taken (but for a row of a table, or with //table: and why it
// is only read) and no pointer method is called on it.
func checkGlobals(p *Package, report report) {
	bad := func(e ast.Expr, what string) {
		if v := p.global(e); v != nil {
			report(e.Pos(), "package-level %s is %s", v.Name(), what)
		}
	}
	p.inspect(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				return
			}
			for _, l := range n.Lhs {
				bad(l, "assigned")
			}
		case *ast.IncDecStmt:
			bad(n.X, "counted")
		case *ast.UnaryExpr:
			if n.Op == token.AND && !isStructOfTable(p, n.X) && !p.says(n.Pos(), "table:") {
				bad(n.X, "addressed")
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				bad(n.Key, "assigned")
				if n.Value != nil {
					bad(n.Value, "assigned")
				}
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 {
				if _, builtin := p.Info.Uses[id].(*types.Builtin); builtin && slices.Contains([]string{"delete", "clear", "copy"}, id.Name) {
					bad(n.Args[0], "changed by "+id.Name)
				}
			}
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				if s := p.Info.Selections[sel]; s != nil && pointerMethodOnValue(s) {
					bad(sel.X, "changed by a pointer method")
				}
			}
		}
	})
}

// isStructOfTable reports whether e is an element of a table (&table[i]): a
// pointer to a row saves a copy, and a write through it has a variable that is
// not the table. What is written there is for review, not for this rule.
func isStructOfTable(p *Package, e ast.Expr) bool {
	ix, ok := ast.Unparen(e).(*ast.IndexExpr)
	return ok && p.global(ix.X) != nil
}

func pointerMethodOnValue(s *types.Selection) bool {
	fn, ok := s.Obj().(*types.Func)
	if !ok || s.Kind() != types.MethodVal {
		return false
	}
	_, wantsPtr := fn.Signature().Recv().Type().(*types.Pointer)
	_, hasPtr := s.Recv().Underlying().(*types.Pointer)
	return wantsPtr && !hasPtr
}

// global is the package-level variable of this package that e is, or is a part
// of; nil when it is none.
func (p *Package) global(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, ok := p.Info.Uses[x].(*types.Var)
			if ok && v.Parent() == p.Types.Scope() {
				return v
			}
			return nil
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}
