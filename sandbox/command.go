package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// checkCommand refuses commands that would show programs more than they may
// see, or fail in a way that looks like the program's doing.
func checkCommand(cmd Command) error {
	if len(cmd.Args) == 0 {
		return errors.New("no arguments: Args[0] is the program's name")
	}
	if err := errors.Join(checkStrings("argument", cmd.Args), checkStrings("environment variable", cmd.Env)); err != nil {
		return err
	}
	if err := checkWindow(cmd); err != nil {
		return err
	}
	if cmd.Program == nil && cmd.Args[0] == "" {
		return errors.New("no program: set Program, or Args[0] to a path in the container")
	}
	return errors.Join(checkJoined(cmd), checkFile("standard input", cmd.Stdin))
}

func checkStrings(what string, list []string) error {
	for i, text := range list {
		if strings.ContainsRune(text, 0) {
			return fmt.Errorf("%s %d holds a NUL, at which the kernel would end it: %s", what, i, short(text))
		}
	}
	return nil
}

// checkFile looks at a descriptor that a program is to read from.
func checkFile(what string, f *os.File) error {
	if f == nil {
		return nil
	}
	mode, flags, err := describe(f)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	switch {
	case mode.IsDir():
		return fmt.Errorf("%s is the folder %s; give a file or a pipe", what, short(f.Name()))
	case mode&fs.ModeDevice != 0 && !harmless(f):
		return fmt.Errorf("%s is the device %s, which a program could do more with than read and write; give a file or a pipe", what, short(f.Name()))
	case flags&unix.O_PATH != 0 || flags&unix.O_ACCMODE != unix.O_RDONLY && mode&fs.ModeSocket == 0:
		return fmt.Errorf("%s, %s, must be open for reading and for nothing else", what, short(f.Name()))
	}
	return nil
}

// harmless are the devices that containers have anyway.
func harmless(f *os.File) bool {
	var st unix.Stat_t
	if unix.Fstat(int(f.Fd()), &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFCHR || unix.Major(st.Rdev) != 1 {
		return false
	}
	switch unix.Minor(st.Rdev) {
	case 3, 5, 7, 9: // null, zero, full, urandom
		return true
	}
	return false
}

func checkProgram(f *os.File) error {
	if f == nil {
		return nil
	}
	mode, flags, err := describe(f)
	switch {
	case err != nil:
		return fmt.Errorf("program: %w", err)
	case !mode.IsRegular():
		return fmt.Errorf("program %s is %s; give an executable file", short(f.Name()), kindOf(mode))
	case flags&unix.O_ACCMODE != unix.O_RDONLY:
		return fmt.Errorf("program %s is open for writing, and such a file cannot be executed; close it and open it for reading", short(f.Name()))
	case mode.Perm()&0o001 == 0:
		return fmt.Errorf("program %s has mode %v; the container's user must be able to execute it (chmod +x)", short(f.Name()), mode)
	}
	return nil
}

// describe says what a file is and how it was opened.
func describe(f *os.File) (mode fs.FileMode, flags int, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	if f.Fd() <= 2 {
		return 0, 0, fmt.Errorf("%s has descriptor %d; 0, 1 and 2 are the program's own: open it anew", short(f.Name()), f.Fd())
	}
	flags, err = unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	return info.Mode(), flags, err
}
