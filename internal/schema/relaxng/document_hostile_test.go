package relaxng

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// hostileXML are sets of files small to write and large to compile.
var hostileXML = map[string]func() fstest.MapFS{
	"doubling references": func() fstest.MapFS {
		return files("g.rng", rng("", `<start><element name="r"><ref name="d0"/></element></start>`+repeated(60, `<define name="d#"><ref name="d@"/><ref name="d@"/></define>`)+`<define name="d60">`+emptyB+`</define>`))
	},
	"doubling exceptions": func() fstest.MapFS {
		return files("g.rng", rng("", `<start><element name="r"><data type="token"><except><ref name="d0"/></except></data></element></start>`+repeated(60, `<define name="d#"><choice><ref name="d@"/><ref name="d@"/></choice></define>`)+`<define name="d60"><value>x</value></define>`))
	},
	"doubling values": func() fstest.MapFS {
		return files("g.rng", rng("", `<start><element name="r"><attribute name="x"><ref name="d0"/></attribute></element></start>`+repeated(60, `<define name="d#"><group><ref name="d@"/><ref name="d@"/></group></define>`)+`<define name="d60"><empty/></define>`))
	},
	"nested grammars": func() fstest.MapFS {
		return files("g.rng", `<grammar xmlns="`+Structure+`"><start>`+strings.Repeat(`<grammar><start>`, 100)+emptyB+strings.Repeat(`</start></grammar>`, 100)+`</start></grammar>`)
	},
	"nested deep": func() fstest.MapFS {
		return files("g.rng", inStart(strings.Repeat(`<group>`, 10_000)))
	},
	"files doubling": func() fstest.MapFS {
		return files("g.rng", inStart(`<element name="r"><externalRef href="h.rng"/></element>`), "h.rng", `<group xmlns="`+Structure+`"><externalRef href="h.rng"/><externalRef href="h.rng"/></group>`)
	},
	"a chain of files doubling": func() fstest.MapFS {
		m := files("g.rng", inStart(`<element name="r"><externalRef href="0.rng"/></element>`), "30.rng", `<text xmlns="`+Structure+`"/>`)
		for i := range 30 {
			m[fmt.Sprintf("%d.rng", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `<group xmlns="%s"><externalRef href="%d.rng"/><externalRef href="%[2]d.rng"/></group>`, Structure, i+1)}
		}
		return m
	},
	"includes in a circle": func() fstest.MapFS {
		return files("g.rng", rng("", `<include href="h.rng"/><include href="h.rng"/>`), "h.rng", rng("", `<include href="g.rng"/><include href="g.rng"/>`))
	},
	"a large file included often": func() fstest.MapFS {
		return files("g.rng", rng("", strings.Repeat(`<include href="h.rng"/>`, 500)), "h.rng", rng("", "<!--"+strings.Repeat(" ", 100_000)+"-->"))
	},
	"stray text and attributes": func() fstest.MapFS {
		return files("g.rng", inStart(strings.Repeat(`x<element name="a" z="">y<text q=""/></element>`, 20_000)))
	},
	"declarations of prefixes": func() fstest.MapFS {
		return files("g.rng", inStart(`<element name="a">`+repeated(20_000, `<optional xmlns:p#="urn:#"><element name="p#:e"><text/></element></optional>`)+`</element>`))
	},
	"names in names": func() fstest.MapFS {
		return files("g.rng", inStart(`<element>`+strings.Repeat(`<choice><name>a</name>`, 200)+strings.Repeat(`</choice>`, 200)+`<text/></element>`))
	},
	"open names by the thousand": func() fstest.MapFS {
		return files("g.rng", inStart(`<element name="a">`+repeated(3000, `<optional><element><anyName><except><name>e#</name></except></anyName><text/></element></optional>`)+`</element>`))
	},
	"a profile of units in units": func() fstest.MapFS {
		return files("g.rng", inStart(strings.Repeat(`<element name="ArchiveUnit"><optional><attribute name="id"><data type="ID"/></attribute></optional><zeroOrMore>`, 80)+emptyB+strings.Repeat(`</zeroOrMore></element>`, 80)))
	},
	"ambiguous units": func() fstest.MapFS {
		return files("g.rng", inStart(`<element name="r"><zeroOrMore><choice>`+repeated(3000, `<element name="ArchiveUnit"><element name="Title"><value>#</value></element></element>`)+`</choice></zeroOrMore></element>`))
	},
	"much text": func() fstest.MapFS {
		return files("g.rng", inStart(`<element name="a"><value>`+strings.Repeat("<![CDATA[x]]>y", 250_000)+`</value></element>`))
	},
}

// TestHostileXML: each compiles or is refused with a finding, within bounded
// memory, and a document is judged or given up on.
func TestHostileXML(t *testing.T) {
	doc := "<r>" + strings.Repeat("<ArchiveUnit><Title>x</Title></ArchiveUnit><a/>", 500) + "</r>"
	for name, make := range hostileXML {
		t.Run(name, func(t *testing.T) {
			withstand(t, make(), "g.rng", doc)
		})
	}
}

// FuzzCompileRNG: whatever the file, and however it includes itself, it
// compiles or is refused with a finding, in bounded time.
func FuzzCompileRNG(f *testing.F) {
	for _, c := range syntax {
		f.Add([]byte(c.grammar))
	}
	f.Add([]byte(rng("", `<include href="g.rng"><start combine="choice"><externalRef href="./h.rng" ns="urn:n"/></start></include>`)))
	for _, h := range hostileXML {
		if s := h()["g.rng"].Data; len(s) < 8000 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 1<<16 {
			return
		}
		fsys := fstest.MapFS{"g.rng": {Data: src}, "h.rng": {Data: []byte(inStart(`<element name="a"><externalRef href="g.rng"/></element>`))}}
		start := time.Now()
		g, rep, err := Compile(context.Background(), fsys, "g.rng", Options{})
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("took %v", took)
		}
		outcome(t, g, rep, err, `<a x="1" id="i"><b>1</b>t<c/><d/></a>`)
	})
}
