module example.com/toyspeaker

go 1.26.0

require github.com/peerloom/peerloom v0.0.0

require pgregory.net/rapid v1.3.0 // indirect

// Inside the tree. A copy elsewhere says where the tree is, or which release it
// wants: see README.md.
replace github.com/peerloom/peerloom => ../..
