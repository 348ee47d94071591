module example.com/foreigngoroutines

go 1.26.0

require github.com/peerloom/peerloom v0.0.0

// Inside the tree. A copy elsewhere says where the tree is, or which release it
// wants: see README.md.
replace github.com/peerloom/peerloom => ../..
