package command

import (
	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// RouteText is a route in the words that follow its family's, as a command or
// a configuration may write it.
func RouteText(r *speaker.Route) string {
	b := []byte(r.NLRI.String())
	if r.NLRI.PathID != 0 {
		b = append(append(b, " path-information "...), pathID(r.NLRI.PathID)...)
	}
	if t := attrsText(*r); t != "" {
		b = append(append(b, ' '), t...)
	}
	// An empty AS_PATH that was written is not one that was left out.
	if path, ok := r.Attrs.Get(codec.AttrASPath); ok && len(path.Value) == 0 {
		b = append(b, " as-path [ ]"...)
	}
	if r.Watchdog != "" {
		b = append(append(b, " watchdog "...), r.Watchdog...)
	}
	if r.Withdrawn {
		b = append(b, " withdraw"...)
	}
	return string(b)
}
