package rib

import (
	"testing"
	"time"
)

func TestMayDoAnything(t *testing.T) { t.Log(time.Now(), impure(nil, time.Now())) }
