package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A lone answer is told at once; the busier the hall, the more go into one write, but none waits for long.
func TestAnswersGatherLongerTheMoreThereAre(t *testing.T) {
	require.Equal(t, answerLinger, lingerAfter(0))
	for n := range answerBatch {
		require.GreaterOrEqual(t, lingerAfter(n+1), lingerAfter(n))
		require.LessOrEqual(t, lingerAfter(n+1), answerLingerMost)
	}
	// Twenty acts a second come two or three to a write; at a hundred and more writes are as far apart as may be.
	require.Less(t, gather(20), 80*time.Millisecond)
	require.Equal(t, answerLingerMost, gather(110))
}

// gather is the pause that so many acts a second lead to.
func gather(perSecond int) time.Duration {
	pause := answerLinger
	for range 100 {
		pause = lingerAfter(int(pause * time.Duration(perSecond) / time.Second))
	}
	return pause
}
