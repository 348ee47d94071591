package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker/event"
)

// record prints one message or what is damaged; it answers false when nobody
// wants more.
func (d *decoding) record(r *capture.Record) bool {
	var errs []codec.Error
	treat := codec.TreatNone
	if r.Err == nil {
		d.messages++
		treat, errs = verdict(r)
	}
	if r.Err != nil || treat != codec.TreatNone {
		d.status = exitFailed
	}
	if d.json {
		fmt.Fprintf(d.stdout, "%s\n", jsonLine(r, treat, errs))
	} else {
		d.text(r, treat)
	}
	return d.ctx.Err() == nil
}

// text prints a line for a person: when, from whom to whom, and what.
func (d *decoding) text(r *capture.Record, treat codec.Treatment) {
	if r.Err != nil {
		fmt.Fprintf(d.stdout, "%soctet %d: %v\n", d.name, r.Offset, r.Err)
		return
	}
	line := describe(r)
	if treat != codec.TreatNone && codec.TypeOf(r.Message) != codec.MsgUpdate {
		line += ": " + treat.String()
	}
	if !r.Time.IsZero() {
		line = r.Time.Format("2006-01-02T15:04:05.000000Z ") + between(r) + line
	}
	fmt.Fprintln(d.stdout, line)
}

// between is the two ends, as far as the file tells.
func between(r *capture.Record) string {
	switch {
	case r.To.IsValid():
		return addrText(r.From) + "→" + addrText(r.To) + " "
	case r.From.IsValid():
		return addrText(r.From) + " "
	}
	return ""
}

func addrText(a netip.AddrPort) string {
	switch {
	case !a.IsValid():
		return ""
	case a.Port() == 0:
		return a.Addr().String()
	}
	return a.String()
}

// line is a message in JSON. Message holds the parsed form in the words of the
// API's events.
type line struct {
	Offset    int64           `json:"offset"`
	Time      string          `json:"time,omitempty"`
	From      string          `json:"from,omitempty"`
	To        string          `json:"to,omitempty"`
	Table     bool            `json:"table,omitempty"`
	Type      string          `json:"type,omitempty"`
	Text      string          `json:"text,omitempty"`
	Treatment string          `json:"treatment,omitempty"`
	Errors    []lineError     `json:"errors,omitempty"`
	Parsed    json.RawMessage `json:"parsed,omitempty"`
	Hex       string          `json:"hex,omitempty"`
	Damage    string          `json:"damage,omitempty"`
}

type lineError struct {
	Attribute uint8  `json:"attribute,omitempty"`
	Code      uint8  `json:"code"`
	Subcode   uint8  `json:"subcode"`
	Treatment string `json:"treatment"`
	Why       string `json:"why"`
}

func jsonLine(r *capture.Record, treat codec.Treatment, errs []codec.Error) []byte {
	l := line{Offset: r.Offset, From: addrText(r.From), To: addrText(r.To), Table: r.Table}
	if !r.Time.IsZero() {
		l.Time = r.Time.Format(time.RFC3339Nano)
	}
	if r.Err != nil {
		l.Damage = r.Err.Error()
	} else {
		l.Type, l.Text = codec.TypeOf(r.Message).String(), describe(r)
		l.Treatment, l.Hex = treat.String(), hex.EncodeToString(r.Message)
		if treat < codec.TreatReset {
			l.Parsed = append(event.AppendBody([]byte("{"), r.Message, &r.Options), '}')
		}
		for _, x := range errs {
			l.Errors = append(l.Errors, lineError{uint8(x.Attr), uint8(x.Code), x.Subcode, x.Treat.String(), x.Why})
		}
	}
	b, err := json.Marshal(l)
	if err != nil {
		panic(fmt.Sprintf("decode: %q is no JSON: %v", l.Parsed, err))
	}
	return b
}

func describe(r *capture.Record) string {
	if r.Table {
		return codec.DescribeEntry(r.Message, &r.Options)
	}
	return codec.Describe(r.Message, &r.Options)
}

// verdict is what a receiver does about what is malformed, and why. An entry of
// a table may lack attributes that a message must have.
func verdict(r *capture.Record) (worst codec.Treatment, errs []codec.Error) {
	var err *codec.Error
	switch codec.TypeOf(r.Message) {
	case codec.MsgUpdate:
		var d codec.Decoder
		for _, e := range d.Update(r.Message, &r.Options).Errs {
			if !r.Table || e.Subcode != codec.SubMissingWellKnown {
				errs, worst = append(errs, e), max(worst, e.Treat)
			}
		}
		return worst, errs
	case codec.MsgOpen:
		_, err = codec.DecodeOpen(r.Message)
	case codec.MsgNotification:
		_, err = codec.DecodeNotification(r.Message)
	case codec.MsgRouteRefresh:
		_, err = codec.DecodeRouteRefresh(r.Message)
	}
	if err == nil {
		return codec.TreatNone, nil
	}
	return err.Treat, []codec.Error{*err}
}
