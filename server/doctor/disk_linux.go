package doctor

import (
	"os"

	"golang.org/x/sys/unix"
)

// permissions says that the rights of files mean something here.
const permissions = true

// kinds are the file systems that are no place for a database, by the numbers of statfs(2).
var kinds = map[int64]disk{
	unix.NFS_SUPER_MAGIC:       {kind: network, name: "NFS"},
	unix.SMB_SUPER_MAGIC:       {kind: network, name: "SMB"},
	unix.SMB2_SUPER_MAGIC:      {kind: network, name: "SMB"},
	unix.CIFS_SUPER_MAGIC:      {kind: network, name: "SMB"},
	unix.CEPH_SUPER_MAGIC:      {kind: network, name: "Ceph"},
	unix.AFS_SUPER_MAGIC:       {kind: network, name: "AFS"},
	unix.V9FS_MAGIC:            {kind: network, name: "9p"},
	unix.FUSE_SUPER_MAGIC:      {kind: network, name: "FUSE"},
	unix.TMPFS_MAGIC:           {kind: memory, name: "tmpfs"},
	unix.RAMFS_MAGIC:           {kind: memory, name: "ramfs"},
	unix.OVERLAYFS_SUPER_MAGIC: {kind: layered, name: "overlay"},
}

func diskOf(folder string) (disk, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return disk{}, &os.PathError{Op: "statfs", Path: folder, Err: err}
	}
	d := kinds[int64(s.Type)]           //nolint:unconvert // it is of another size on other machines
	d.free = s.Bavail * uint64(s.Bsize) //nolint:gosec // a block has a positive size
	return d, nil
}

func writable(folder string) error { return unix.Access(folder, unix.W_OK|unix.X_OK) }
