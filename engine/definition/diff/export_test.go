package diff

// Word is word, for tests.
var Word = word
