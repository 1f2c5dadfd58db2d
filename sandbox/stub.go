package sandbox

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// The first process of a container is a program of a few instructions
// (stubCode): it reads one byte from descriptor 0, a pipe whose other end the
// judge holds, and exits when that ends. Until then it only keeps the
// namespaces alive; the kernel reaps orphans for it because SIGCHLD is
// ignored. It is no re-execution of the judge, so nothing of the judge's
// memory is in the container and its start takes no time.

// stubFile is the stub as an executable memory file.
var stubFile = sync.OnceValues(func() (*os.File, error) {
	const base = 0x400000
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(stubMachine), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Entry: base + 64 + 56,
	}
	copy(header.Ident[:], elf.ELFMAG+string([]byte{byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}))
	size := uint64(64 + 56 + len(stubCode))
	segment := elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X),
		Vaddr: base, Paddr: base, Filesz: size, Memsz: size, Align: 0x1000,
	}
	var image bytes.Buffer
	for _, part := range []any{header, segment, stubCode} {
		if err := binary.Write(&image, binary.LittleEndian, part); err != nil {
			return nil, err
		}
	}
	const mfdExec = 0x10 // kernel 6.3: asks for what was the default
	fd, err := unix.MemfdCreate("judge-init", unix.MFD_CLOEXEC|mfdExec)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate("judge-init", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, fmt.Errorf("memory file for the container's init: %w", err)
	}
	f := os.NewFile(uintptr(fd), "judge-init")
	if _, err := f.Write(image.Bytes()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	// A file open for writing cannot be executed; this description is read-only.
	ro, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
	return ro, errors.Join(err, f.Close())
})
