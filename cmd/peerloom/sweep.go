package main

import "context"

func sweepCommand(_ context.Context, _ []string, _ streams) int  { return exitUsage }
func replayCommand(_ context.Context, _ []string, _ streams) int { return exitUsage }
