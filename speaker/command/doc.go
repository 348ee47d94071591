// Package command is the text vocabulary of the API: lines of ExaBGP's v4
// protocol become [speaker.Command] values, and [speaker.Reply] values become
// the lines that answer them. The routes of a configuration and those of a
// command are written in the same words, so the route grammar is here too.
//
// Everything is a table: one row a verb phrase (verbs), one row a family
// ([Families]), one row a route keyword. The text of path attributes lives in
// codec, beside each attribute.
//
// Start at [Parse] and [AppendReply].
package command
