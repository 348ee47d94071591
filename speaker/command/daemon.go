package command

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/speaker"
)

// Replies about the daemon itself: text as version 4 of the API has it, JSON
// as version 6 has it (ping is JSON in both, unless text is asked for).

func appendPing(b []byte, v *speaker.PingReply) []byte {
	if v.Text {
		return appendLine(b, "pong "+v.UUID+" active=true")
	}
	b = strconv.AppendQuote(append(b, `{"pong": `...), oneLine(v.UUID))
	return append(b, ", \"active\": true}\n"...)
}

func appendStatus(b []byte, v *speaker.StatusReply, json bool) []byte {
	up := int64(v.Uptime / time.Second)
	if json {
		return fmt.Appendf(b, "{\"version\": %q, \"uuid\": %q, \"pid\": %d, \"uptime\": %d, \"neighbors\": %d, \"established\": %d}\n",
			oneLine(v.Version), oneLine(v.UUID), v.PID, up, v.Neighbors, v.Established)
	}
	b = append(b, "Status: running\n"...)
	b = appendLine(b, "Version: "+v.Version)
	b = appendLine(b, "UUID: "+v.UUID)
	return fmt.Appendf(b, "PID: %d\nUptime: %dh %dm %ds\nNeighbors: %d\nEstablished: %d\n",
		v.PID, up/3600, up/60%60, up%60, v.Neighbors, v.Established)
}

func appendVersion(b []byte, v *speaker.VersionReply, json bool) []byte {
	if json {
		return fmt.Appendf(b, "{\"version\": %q}\n", oneLine(v.Version))
	}
	// What helpers were written for stands first.
	if version, ok := strings.CutPrefix(v.Version, "ExaBGP/"); ok {
		return appendLine(b, "exabgp "+version)
	}
	return appendLine(b, "exabgp "+ExaBGPVersion+" ("+v.Version+")")
}

// ExaBGPVersion is the release of ExaBGP whose replies and events these are.
const ExaBGPVersion = "6.0.0"

func appendProgress(b []byte, v *speaker.ProgressReply, json bool) []byte {
	if json {
		return fmt.Appendf(b, "{\"status\": \"%s in progress\"}\n", v.What)
	}
	return appendLine(b, v.What+" in progress")
}

func appendGroup(b []byte, v *speaker.GroupReply) []byte {
	if v.Started {
		return append(b, "{\"status\": \"group started\"}\n"...)
	}
	return fmt.Appendf(b, "{\"status\": \"group processed\", \"announced\": %d, \"withdrawn\": %d}\n", v.Announced, v.Withdrawn)
}

func appendQueue(b []byte, v *speaker.QueueReply) []byte {
	b = fmt.Appendf(b, "{\"replies\": %d, \"group\": %d, \"neighbors\": {", v.Replies, v.Group)
	for i, n := range v.Neighbors {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = fmt.Appendf(b, "\"%s\": {\"queued\": %d, \"bytes\": %d}", n.Peer, n.Queued, n.Bytes)
	}
	return append(b, "}}\n"...)
}
