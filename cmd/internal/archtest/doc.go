// Package archtest holds the rules of the house as checks that can fail: who
// may import whom, what the pure packages may not do, and how long things may
// get. Each rule is a row of [Rules] with its reason; testdata has, for each, a
// file of lines that break it and lines that come close and do not.
//
// Start at [Check]; the test beside it runs every rule over every package of the
// module. [Analyzers] are those about code of the pure packages for go/analysis,
// and corelint is a command that runs them.
package archtest
