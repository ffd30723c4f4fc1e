//go:build race

package simulation

func init() { usual = 8 }
