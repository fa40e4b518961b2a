package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Marker is what a running `dev` leaves in its data folder so that commands find it.
type Marker struct {
	// Server is the address, as http://127.0.0.1:8080.
	Server  string    `json:"server"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	// Seconds is how long the start took, First whether it was the first of the folder.
	Seconds float64 `json:"seconds"`
	First   bool    `json:"first"`
}

const markerName = "server.json"

// WriteMarker leaves a marker in the folder.
func WriteMarker(dir string, m Marker) error {
	return WriteMarkerFile(filepath.Join(dir, markerName), m)
}

// WriteMarkerFile writes a marker to a file, whole or not at all.
func WriteMarkerFile(path string, m Marker) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	// The address is no secret; other users of the machine may use it, too.
	if err := os.WriteFile(path+".new", append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// ReadMarker reads the marker of a folder; false when there is none. After a
// kill -9 a marker stays behind: whoever uses it meets nobody at its address.
func ReadMarker(dir string) (Marker, bool) { return ReadMarkerFile(filepath.Join(dir, markerName)) }

// ReadMarkerFile reads a marker; false when it is not there.
func ReadMarkerFile(path string) (Marker, bool) {
	var m Marker
	raw, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(raw, &m) != nil || m.Server == "" {
		return Marker{}, false
	}
	return m, true
}

// RemoveMarker takes the marker away.
func RemoveMarker(dir string) error {
	if err := os.Remove(filepath.Join(dir, markerName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
