package reaper

import "os"

// TempDir makes a folder other users can pass through (PostgreSQL's among them)
// and has it removed when this process ends, in whatever way; [Sweep] finds those whose
// remover was killed as well.
func TempDir(pattern string) (string, error) {
	dir, err := os.MkdirTemp("", pattern)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", err
	}
	if err := own(dir); err != nil {
		return "", err
	}
	return dir, RemoveAtExit(dir)
}
