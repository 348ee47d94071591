package archtest

import (
	"fmt"
	"os"
	"path/filepath"
)

func ExampleCheck() {
	dir, _ := os.MkdirTemp("", "archtest")
	defer os.RemoveAll(dir)
	text := "// Package rib stamps its routes.\npackage rib\n\nimport \"time\"\n\nfunc stamp() time.Time { return time.Now() }\n"
	_ = os.WriteFile(filepath.Join(dir, "rib.go"), []byte(text), 0o600)

	l, _, err := Load(".", "time")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := l.Parse("rib", dir, []string{"rib.go"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range Check(p, Rules[2:3]) {
		fmt.Printf("line %d: %s: %s\n", f.Pos.Line, f.Rule, f.Text)
	}
	// Output: line 6: clock: time.Now: take now as an argument
}
