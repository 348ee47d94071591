package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/peerloom/peerloom/codec"
)

// Agreed is what the two OPENs of a session make of it, by their octets.
type Agreed struct {
	Hold     time.Duration
	Families codec.FamilySet
	Paths    codec.FamilySet // those whose routes are sent with path identifiers
	AS4      bool            // RFC 6793
	Enhanced bool            // RFC 7313
	Long     bool            // messages of more than 4,096 octets may be sent (RFC 8654)
}

// spokenAgreed is what a client hears of it.
type spokenAgreed struct {
	MessageSize int  `json:"message_size"`
	HoldTime    int  `json:"hold_time"`
	ASN4        bool `json:"asn4"`
	Refresh     string
	Families    []string
	AddPath     struct{ Send []string } `json:"add_path"`
}

// compare names what an event should have said of the session. Of families whose
// words the RFCs leave in doubt only the number is looked at.
func (a *Agreed) compare(said *spokenAgreed) string {
	switch {
	case a == nil:
		return "" // the session is over already
	case said == nil:
		return "with what was negotiated"
	case said.HoldTime != int(a.Hold/time.Second):
		return fmt.Sprintf("with a hold time of %v", a.Hold)
	case said.ASN4 != a.AS4:
		return fmt.Sprintf("with AS numbers of four octets: %t", a.AS4)
	case (said.Refresh == "enhanced") != a.Enhanced:
		return fmt.Sprintf("with enhanced route refresh: %t", a.Enhanced)
	case a.Long && said.MessageSize != codec.MaxExtendedLen:
		return "with messages of up to 65535 octets"
	case !sameFamilies(a.Families, said.Families):
		return fmt.Sprintf("with the families %v", a.Families)
	case !sameFamilies(a.Paths, said.AddPath.Send):
		return fmt.Sprintf("with path identifiers for %v", a.Paths)
	}
	return ""
}

func sameFamilies(want codec.FamilySet, said []string) bool {
	for f, name := range plainFamilies { //order: each is looked up by itself
		if want.Has(f) != slices.Contains(said, name) {
			return false
		}
	}
	return len(want) == len(said)
}

// endSaid reports whether an End-of-RIB, which stands in the place of the routes, is
// told as one of that family.
func endSaid(f codec.Family, announced map[string]map[string][]json.RawMessage) bool {
	ends := 0
	for name, below := range announced { //order: there is one
		for _, l := range below { //order: there is one
			for _, raw := range l {
				ends++
				var x struct{ EOR struct{ AFI, SAFI string } }
				if err, word := json.Unmarshal(raw, &x), wordAFI[int(f.AFI())]; err != nil || word != "" && x.EOR.AFI != word {
					return false
				}
			}
		}
		if want, plain := plainFamilies[f]; plain && name != want {
			return false
		}
	}
	return ends == 1
}

// shutdownSaid reports whether a text stands for the shutdown communication of a
// NOTIFICATION, or for none where there is none: one whose length is not that of
// the data, or that is no UTF-8 (RFC 9003 §2).
func shutdownSaid(b []byte, said string) bool {
	const head = "Shutdown Communication"
	text, is := []byte(nil), false
	if len(b) > 3 && b[0] == codeCease && (b[1] == 2 || b[1] == 4) {
		text = b[3:]
		is = int(b[2]) == len(text) && utf8.Valid(text)
	}
	if !is {
		return !strings.HasPrefix(said, head)
	}
	return strings.HasPrefix(said, head) && strings.Contains(said, string(text))
}
