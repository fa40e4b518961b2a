package pgtest_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"lianban/standalone/pgtest"
)

// child makes the test TestKilledProcess print its database and wait to be killed.
const child = "LIANBAN_TEST_PGTEST_CHILD"

var migrated atomic.Int32

func schema(ctx context.Context, dsn string) error {
	migrated.Add(1)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	// left open on purpose: a migration's pool may be
	_, err = conn.Exec(ctx, "create table thing (n int primary key)")
	return err
}

func TestEachTestHasItsOwn(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			dsn := pgtest.New(t, schema)
			t.Logf("%s after %v", pgtest.Database(dsn), time.Since(began).Round(time.Millisecond))
			conn, err := pgx.Connect(t.Context(), dsn)
			require.NoError(t, err)
			defer conn.Close(t.Context())
			_, err = conn.Exec(t.Context(), "insert into thing values (1)")
			require.NoError(t, err, "another test's row would clash")
			require.Equal(t, int32(1), migrated.Load(), "the schema is built once")
		})
	}
}

func TestDroppedAtTheEnd(t *testing.T) {
	t.Parallel()
	var dsn string
	var open *pgx.Conn
	t.Run("inner", func(t *testing.T) {
		dsn = pgtest.New(t, nil)
		var err error
		open, err = pgx.Connect(t.Context(), dsn) // a forgotten connection
		require.NoError(t, err)
	})
	require.Error(t, open.Ping(t.Context()))
	_, err := pgx.Connect(t.Context(), dsn)
	require.ErrorContains(t, err, "does not exist")
}

// TestKilledProcess: a test process killed with -9 leaves neither a server nor a folder.
func TestKilledProcess(t *testing.T) {
	if os.Getenv(child) != "" {
		conn, err := pgx.Connect(t.Context(), pgtest.New(t, schema))
		require.NoError(t, err)
		var data string
		require.NoError(t, conn.QueryRow(t.Context(), "select current_setting('data_directory')").Scan(&data))
		fmt.Println("ready", data)
		select {} // until killed
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=TestKilledProcess")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	word, data, _ := strings.Cut(strings.TrimSpace(line), " ")
	require.Equal(t, "ready", word)
	require.DirExists(t, data)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	dir := strings.TrimSuffix(data, "/pg/cluster")
	require.NotEqual(t, data, dir)
	require.Eventually(t, func() bool { _, err := os.Stat(dir); return os.IsNotExist(err) }, 15*time.Second, 20*time.Millisecond)
}
