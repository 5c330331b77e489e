package actes

// Profile chooses whose rules an act or a message is judged by. The zero value
// is the recommended set: the schema, plus every rule at least one receiver
// enforces.
type Profile string

// The profiles.
const (
	Norme   Profile = ""        // strict for what we send, lenient for what the State sends
	XSD     Profile = "xsd"     // the ministry's schema and nothing else, both ways
	S2LOW   Profile = "s2low"   // S²LOW (Libriciel)
	STELA   Profile = "stela"   // STELA (SICTIAM)
	Pastell Profile = "pastell" // Pastell (Libriciel), which checks before S²LOW does
)
