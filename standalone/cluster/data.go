package cluster

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"lianban/standalone/child"
)

// outsideRoot is where a data folder goes that PostgreSQL's user cannot reach below Dir.
const outsideRoot = "/var/lib/lianban"

// owner is the user PostgreSQL runs as.
type owner struct {
	name     string
	uid, gid uint32
	change   bool // we are root and must become that user
}

// findOwner picks the user: ourselves, or when we are root the owner of the data folder there
// is, else "postgres", else "nobody".
func findOwner(cluster string) (owner, error) {
	info, err := os.Stat(cluster)
	exists := err == nil
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return owner{}, fmt.Errorf("cluster: %w", err)
	}
	if uid := os.Geteuid(); uid != 0 {
		if exists && statUID(info) != uint32(uid) {
			return owner{}, fmt.Errorf("cluster: %s belongs to user %d, we are user %d; start as its owner or as root, or use another folder",
				cluster, statUID(info), uid)
		}
		return owner{name: strconv.Itoa(uid), uid: uint32(uid), gid: uint32(os.Getegid())}, nil
	}
	if exists && statUID(info) != 0 {
		return owner{name: strconv.Itoa(int(statUID(info))), uid: statUID(info), gid: statGID(info), change: true}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return owner{name: name, uid: uint32(uid), gid: uint32(gid), change: true}, nil
		}
	}
	return owner{}, errors.New("cluster: PostgreSQL refuses to run as root and there is neither a user postgres nor nobody; " +
		"start as an ordinary user, or type: useradd --system postgres")
}

// user is whom a child must become, nil when that is ourselves.
func (o owner) user() *child.User {
	if !o.change {
		return nil
	}
	return &child.User{UID: o.uid, GID: o.gid}
}

// take gives path to the user.
func (o owner) take(path string) error {
	if !o.change {
		return nil
	}
	if err := os.Chown(path, int(o.uid), int(o.gid)); err != nil {
		return fmt.Errorf("cluster: give %s to user %s: %w", path, o.name, err)
	}
	return nil
}

// ensureData makes the data folder when it is missing. initdb works under another name and
// the folder is renamed when it is whole, so a kill in between leaves nothing half-made.
func (c *Cluster) ensureData(ctx context.Context) error {
	link := c.clusterLink()
	if real, err := filepath.EvalSymlinks(link); err == nil {
		if _, err := os.Stat(filepath.Join(real, "PG_VERSION")); err != nil {
			return fmt.Errorf("cluster: %s holds no database (%w); remove the folder %s to begin anew", real, err, c.opts.Dir)
		}
		c.data = real
		return c.checkVersion(ctx)
	}
	if target, err := os.Readlink(link); err == nil {
		return fmt.Errorf("cluster: %s points to %s, which is gone; put it back, or remove the folder %s to begin anew", link, target, c.opts.Dir)
	}
	parent, err := c.place(ctx)
	if err != nil {
		return err
	}
	work := filepath.Join(parent, "cluster.new")
	if err := os.RemoveAll(work); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	if err := c.initdb(ctx, work); err != nil {
		return err
	}
	c.data = filepath.Join(parent, "cluster")
	if err := os.Rename(work, c.data); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	if c.data != link {
		if err := os.Symlink(c.data, link); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
	}
	return nil
}

// place is the folder to make the data folder in: Dir, or one below /var/lib/lianban when
// PostgreSQL's user cannot get into Dir.
func (c *Cluster) place(ctx context.Context) (string, error) {
	if c.canEnter(ctx, c.opts.Dir) == nil {
		return c.opts.Dir, nil
	}
	buf := make([]byte, 6)
	if _, err := rand.Read(buf); err != nil {
		return "", fmt.Errorf("cluster: %w", err)
	}
	// A name of its own, not one derived from Dir: a Dir that was removed and made again must
	// not find the old database.
	dir := filepath.Join(outsideRoot, "cluster-"+hex.EncodeToString(buf))
	err := os.MkdirAll(dir, 0o711)
	if err == nil {
		err = writeFileSynced(filepath.Join(dir, "origin"), c.opts.Dir+"\n", 0o644)
	}
	if err == nil {
		err = c.canEnter(ctx, dir)
	}
	if err != nil {
		return "", fmt.Errorf("cluster: PostgreSQL must not run as root, and user %s can enter neither %s nor %s (%w); "+
			"use a data folder all of whose parents he may enter, for example /srv/lianban", c.owner.name, c.opts.Dir, dir, err)
	}
	c.log.Warn("the database is kept outside the data folder, whose parents are closed to PostgreSQL's user",
		"user", c.owner.name, "folder", c.opts.Dir, "database", dir)
	return dir, nil
}

// canEnter tries it: the child changes its user first and its folder then.
func (c *Cluster) canEnter(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "postgres"), "--version")
	cmd.Dir = dir
	cmd.SysProcAttr = child.Attr(c.owner.user())
	return cmd.Run()
}

// initdb makes a cluster with checksums, UTF-8 and the one role. C.UTF-8 sorts by code point,
// the same on every machine; where the C library lacks it, plain C does the same.
func (c *Cluster) initdb(ctx context.Context, work string) error {
	if err := os.Mkdir(work, 0o700); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	if err := c.owner.take(work); err != nil {
		return err
	}
	pwFile := work + ".password" // beside it: initdb wants an empty folder
	if err := c.writeOwned(pwFile, c.password+"\n"); err != nil {
		return err
	}
	defer os.Remove(pwFile)
	var failures []string
	for _, locale := range []string{"C.UTF-8", "C"} {
		cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), "--pgdata="+work, "--username="+Role,
			"--pwfile="+pwFile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale="+locale, "--data-checksums", "--no-instructions")
		cmd.Dir = work
		cmd.Env = childEnv()
		cmd.SysProcAttr = child.Attr(c.owner.user())
		out, err := cmd.CombinedOutput()
		if err == nil {
			c.log.Info("database cluster made", "folder", work, "user", c.owner.name)
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("cluster: initdb: %w", ctx.Err())
		}
		failures = append(failures, fmt.Sprintf("locale %s: %v: %s", locale, err, strings.Join(strings.Fields(string(out)), " ")))
	}
	return fmt.Errorf("cluster: initdb as user %s: %s", c.owner.name, strings.Join(failures, "; "))
}

// checkVersion refuses programs of another major version with the answer a person needs;
// PostgreSQL itself only says that the files are incompatible.
func (c *Cluster) checkVersion(ctx context.Context) error {
	raw, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	have, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return fmt.Errorf("cluster: %s/PG_VERSION says %q, expected a number", c.data, strings.TrimSpace(string(raw)))
	}
	major, err := majorVersion(ctx, c.bin)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	if major == have {
		return nil
	}
	same := filepath.Join(debianRoot, strconv.Itoa(have), "bin")
	if c.opts.BinDir == "" && os.Getenv(EnvBinDir) == "" && usable(ctx, same) == nil {
		c.bin = same
		return nil
	}
	return fmt.Errorf("cluster: %s was made by PostgreSQL %d, the programs in %s are version %d; "+
		"install version %d beside it (apt-get install postgresql-%d) or move the data with pg_upgrade", c.data, have, c.bin, major, have, have)
}
