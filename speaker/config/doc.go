// Package config reads a configuration in ExaBGP's syntax into a
// [speaker.Config]. All that is wrong with a text is found at once, each with
// its file, line, column and what to write instead; a text with any error gives
// no configuration.
//
// A text is read in three steps: a lexer makes tokens, a parser makes a tree of
// statements and recovers at ";" and "}", and tables of directives (one row
// each) give the statements their meaning.
//
// Start at [Parse] and [ParseEnv].
package config
