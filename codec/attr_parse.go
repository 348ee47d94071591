package codec

import "errors"

// ParseAttrText reads one attribute as ExaBGP's commands and configuration
// write it: name is "med" or "as-path", args the tokens of its value, brackets
// as tokens of their own ("[", "1", "2", "]").
func ParseAttrText(name string, args []string) (Attr, error) {
	return Attr{}, errors.New("unknown attribute " + name)
}
