// Package board holds what a board is and the only way to change it.
//
// It does no input or output, asks no clock and draws no random number:
// the same board and the same op give the same changes everywhere.
package board
