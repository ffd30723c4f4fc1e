//go:build !linux

package doctor

import (
	"errors"
	"os"
	"runtime"
)

const permissions = runtime.GOOS != "windows"

func diskOf(string) (disk, error) {
	return disk{}, errors.New("the doctor knows that of Linux alone")
}

// writable goes by the rights that the folder names.
func writable(folder string) error {
	info, err := os.Stat(folder)
	if err == nil && info.Mode().Perm()&0o200 == 0 {
		err = os.ErrPermission
	}
	return err
}
