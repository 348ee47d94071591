package main

func newGoBGP(l *lab) remote    { return nil }
func newOpenBGPD(l *lab) remote { return nil }
